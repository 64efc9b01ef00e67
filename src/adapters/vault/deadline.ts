/**
 * What `work` gives, or the error that `late` makes after `milliseconds`. The work itself goes on: nothing can stop a
 * call that a foreign service does not answer. Real time on purpose, as the service lives outside the program's clock.
 */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
