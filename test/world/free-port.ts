import { createServer } from "node:net";

/**
 * A port that is free on both loopback addresses. It lies below the range from which the system takes ports for
 * outgoing connections, so that nobody is given it in the meantime.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    if ((await isFree("127.0.0.1", port)) && (await isFree("::1", port))) return port;
  }
  throw new Error("No free port was found.");
}

async function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRNOTAVAIL"));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
