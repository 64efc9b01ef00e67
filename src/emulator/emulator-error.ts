export type EmulatorErrorCode =
  /** Another program listens on the port. */
  | "PORT_IN_USE"
  /** The system does not let this user listen on the port. */
  | "PORT_NOT_ALLOWED"
  /** The certificate or key for `https` cannot be used. */
  | "CERTIFICATE_UNUSABLE"
  /** The state file cannot be read or written, or is not one. */
  | "STATE_FILE_UNUSABLE"
  /** Intuit would refuse to register this redirect URI for such keys. */
  | "REDIRECT_NOT_ALLOWED"
  /** `autoApprove` names a company that does not exist. */
  | "COMPANY_UNKNOWN";

/** Why the emulator could not start. `cause` is the system's own error where there is one. */
export class EmulatorError extends Error {
  readonly code: EmulatorErrorCode;

  constructor(code: EmulatorErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "EmulatorError";
    this.code = code;
  }
}
