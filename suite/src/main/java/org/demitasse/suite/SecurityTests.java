package org.demitasse.suite;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KEM;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Random numbers, digests, ciphers, keys. */
final class SecurityTests {

  private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);

  private SecurityTests() {}

  static void addTo(TestList tests) {
    tests.add("SecureRandom", SecurityTests::secureRandom);
    tests.add("strong SecureRandom", SecurityTests::strongRandom);
    tests.add("digests", SecurityTests::digests);
    tests.add("Mac", SecurityTests::mac);
    tests.add("AES/GCM", SecurityTests::aesGcm);
    tests.add("AES/CBC and ChaCha20", SecurityTests::otherCiphers);
    tests.add("PBKDF2", SecurityTests::pbkdf2);
    tests.add("EC keys and signatures", SecurityTests::ecSignatures);
    tests.add("Ed25519", SecurityTests::ed25519);
    tests.add("RSA", SecurityTests::rsa);
    tests.add("key agreement X25519", SecurityTests::agreement);
    tests.add("key encapsulation ML-KEM", SecurityTests::encapsulation);
    tests.add("key derivation HKDF", SecurityTests::derivation);
    tests.add("key store in memory", SecurityTests::keyStore);
    tests.add("unknown algorithm", SecurityTests::unknown);
    tests.add("providers", SecurityTests::providers);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static void secureRandom() {
    Set<String> seen = new HashSet<>();
    SecureRandom random = new SecureRandom();
    int[] counts = new int[256];
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[64];
      random.nextBytes(bytes);
      seen.add(hex(bytes));
      for (byte b : bytes) {
        counts[b & 0xff]++;
      }
    }
    Check.equal(200, seen.size());
    Check.that(Arrays.stream(counts).filter(n -> n == 0).count() < 3, "all bytes occur");
    Check.that(new SecureRandom().nextLong() != new SecureRandom().nextLong(), "two generators");
  }

  private static void strongRandom() throws Exception {
    byte[] seed = SecureRandom.getInstanceStrong().generateSeed(32);
    Check.that(!Arrays.equals(seed, new byte[32]), "a seed");
  }

  private static void digests() throws Exception {
    Check.equal(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        hex(MessageDigest.getInstance("SHA-256").digest(ABC)));
    Check.equal(
        "900150983cd24fb0d6963f7d28e17f72", hex(MessageDigest.getInstance("MD5").digest(ABC)));
    Check.equal(
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        hex(MessageDigest.getInstance("SHA-1").digest(ABC)));
    Check.equal(
        "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
        hex(MessageDigest.getInstance("SHA3-256").digest(ABC)));
    MessageDigest digest = MessageDigest.getInstance("SHA-512");
    for (int i = 0; i < 10_000; i++) {
      digest.update("a".repeat(100).getBytes(StandardCharsets.US_ASCII));
    }
    Check.that(
        hex(digest.digest())
            .startsWith("e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"),
        "SHA-512 of a million a");
  }

  private static void mac() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("Jefe".getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
    Check.equal(
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        hex(mac.doFinal("what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII))));
  }

  private static void aesGcm() throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(256);
    SecretKey key = generator.generateKey();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, new byte[12]));
    cipher.updateAAD(ABC);
    byte[] text = new byte[100_000];
    byte[] sealed = cipher.doFinal(text);
    Check.equal(text.length + 16, sealed.length);
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, new byte[12]));
    cipher.updateAAD(ABC);
    Check.equalBytes(text, cipher.doFinal(sealed), "decrypted");
    sealed[500] ^= 1;
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, new byte[12]));
    cipher.updateAAD(ABC);
    Check.thrown(AEADBadTagException.class, () -> cipher.doFinal(sealed));
    // The first test case of the GCM specification with a message.
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(new byte[16], "AES"),
        new GCMParameterSpec(128, new byte[12]));
    Check.equal(
        "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf",
        hex(cipher.doFinal(new byte[16])));
  }

  private static void otherCiphers() throws Exception {
    Cipher cbc = Cipher.getInstance("AES/CBC/PKCS5Padding");
    SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
    cbc.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[16]));
    byte[] sealed = cbc.doFinal(ABC);
    Check.equal(16, sealed.length);
    cbc.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(new byte[16]));
    Check.equalBytes(ABC, cbc.doFinal(sealed), "CBC");
    Cipher chacha = Cipher.getInstance("ChaCha20-Poly1305");
    SecretKeySpec long0 = new SecretKeySpec(new byte[32], "ChaCha20");
    chacha.init(Cipher.ENCRYPT_MODE, long0, new IvParameterSpec(new byte[12]));
    byte[] other = chacha.doFinal(ABC);
    chacha.init(Cipher.DECRYPT_MODE, long0, new IvParameterSpec(new byte[12]));
    Check.equalBytes(ABC, chacha.doFinal(other), "ChaCha20");
  }

  private static void pbkdf2() throws Exception {
    byte[] key =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1")
            .generateSecret(
                new PBEKeySpec(
                    "password".toCharArray(), "salt".getBytes(StandardCharsets.US_ASCII), 2, 160))
            .getEncoded();
    Check.equal("ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957", hex(key));
  }

  private static void ecSignatures() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    signAndVerify("SHA256withECDSA", pair);
    PublicKey again =
        KeyFactory.getInstance("EC")
            .generatePublic(new X509EncodedKeySpec(pair.getPublic().getEncoded()));
    Check.equal(pair.getPublic(), again);
  }

  private static void signAndVerify(String algorithm, KeyPair pair) throws Exception {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(pair.getPrivate());
    signature.update(ABC);
    byte[] signed = signature.sign();
    signature.initVerify(pair.getPublic());
    signature.update(ABC);
    Check.equal(true, signature.verify(signed));
    signature.initVerify(pair.getPublic());
    signature.update((byte) 1);
    Check.equal(false, signature.verify(signed));
  }

  private static void ed25519() throws Exception {
    signAndVerify("Ed25519", KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
  }

  private static void rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    KeyPair pair = generator.generateKeyPair();
    signAndVerify("SHA256withRSA", pair);
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
    cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic());
    byte[] sealed = cipher.doFinal(ABC);
    cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate());
    Check.equalBytes(ABC, cipher.doFinal(sealed), "RSA");
  }

  private static void encapsulation() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("ML-KEM-768").generateKeyPair();
    KEM kem = KEM.getInstance("ML-KEM");
    KEM.Encapsulated sent = kem.newEncapsulator(pair.getPublic()).encapsulate();
    Check.equalBytes(
        sent.key().getEncoded(),
        kem.newDecapsulator(pair.getPrivate()).decapsulate(sent.encapsulation()).getEncoded(),
        "shared secret");
  }

  /** RFC 5869, test case 3. */
  private static void derivation() throws Exception {
    byte[] secret = new byte[22];
    Arrays.fill(secret, (byte) 0x0b);
    byte[] derived =
        KDF.getInstance("HKDF-SHA256")
            .deriveData(HKDFParameterSpec.ofExtract().addIKM(secret).thenExpand(new byte[0], 42));
    Check.equal(
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        HexFormat.of().formatHex(derived));
  }

  private static void agreement() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519");
    KeyPair a = generator.generateKeyPair();
    KeyPair b = generator.generateKeyPair();
    KeyAgreement one = KeyAgreement.getInstance("X25519");
    one.init(a.getPrivate());
    one.doPhase(b.getPublic(), true);
    KeyAgreement two = KeyAgreement.getInstance("X25519");
    two.init(b.getPrivate());
    two.doPhase(a.getPublic(), true);
    Check.equalBytes(one.generateSecret(), two.generateSecret(), "the secret of both");
  }

  private static void keyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] password = "secret".toCharArray();
    store.setEntry(
        "key",
        new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[16], "AES")),
        new KeyStore.PasswordProtection(password));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.store(out, password);
    KeyStore again = KeyStore.getInstance("PKCS12");
    again.load(new ByteArrayInputStream(out.toByteArray()), password);
    Check.equalBytes(new byte[16], again.getKey("key", password).getEncoded(), "the key");
    Check.thrown(
        java.io.IOException.class,
        () ->
            KeyStore.getInstance("PKCS12")
                .load(new ByteArrayInputStream(out.toByteArray()), "wrong".toCharArray()));
  }

  private static void unknown() {
    Check.equal(
        "SHA-999 MessageDigest not available",
        Check.thrown(NoSuchAlgorithmException.class, () -> MessageDigest.getInstance("SHA-999"))
            .getMessage());
  }

  private static void providers() {
    Check.that(Security.getProvider("SUN") != null, "the provider SUN");
    Check.that(Security.getProvider("SunEC") != null, "the provider SunEC");
    Check.that(Security.getProperty("keystore.type") != null, "security properties");
  }
}
