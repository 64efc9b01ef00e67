/** The request provably never reached the server: no connection, no name, no TLS. Sending it again is safe. */
export class NotSent extends Error {
  override readonly name = "NotSent";
}

/** The request may have been processed and its answer is lost. Sending it again may do harm. */
export class AnswerLost extends Error {
  override readonly name = "AnswerLost";
}

/** Another holder saved first: the stored generation is no longer the one that this save follows. */
export class StaleGeneration extends Error {
  override readonly name = "StaleGeneration";
}
