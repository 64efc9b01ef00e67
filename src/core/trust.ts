/** What one trust store of this machine says about a leaf. */
export interface TrustFinding {
  /** Where the store lies, so that a person finds it again. */
  store: string;
  /** Null: that cannot be known, and `reason` says why. */
  isTrusted: boolean | null;
  /** Why nothing is known, or why a change did not succeed, in a sentence; otherwise null. */
  reason: string | null;
  /** How many other leaves of qbo are trusted there: ones that were replaced, or of another state folder. */
  otherLeaves: number;
}

/** What was taken out of one trust store. */
export interface TrustRemoval {
  store: string;
  /** How many leaves of qbo are there no more. */
  removed: number;
  /** Why something may still be there, in a sentence; otherwise null. */
  reason: string | null;
}

/**
 * The places where this person's browsers look for certificates that they trust besides the public ones. Only leaves that qbo made are
 * touched, and every change is read back. Fingerprints are SHA-256, as browsers show them.
 */
export interface TrustStore {
  /** Changes nothing. Never throws for a store that does not answer: that is its finding. */
  inspect(fingerprint: string | null): Promise<TrustFinding[]>;
  /** Makes the leaf trusted wherever it is not. Throws CERTIFICATE_UNUSABLE when no store could be made to. */
  trust(certificatePem: string): Promise<TrustFinding[]>;
  /** Takes out the leaf with this fingerprint, or all that qbo ever put there. Throws CERTIFICATE_UNUSABLE when no store could be asked. */
  untrust(fingerprint: string | null): Promise<TrustRemoval[]>;
}
