/**
 * The cache of built images: a folder a key, the key a hash of everything that shapes an image.
 * Several processes may use it at once; an entry appears whole or not at all.
 */
package org.demitasse.cli.cache;
