import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Stands between a client and a server, and cuts the line at a word. */
export interface CuttingProxy {
  port: number;
  /** Cuts the next connection that sends `word`: before the server hears it, or before the client hears the answer. */
  cutAt(this: void, word: string, when: "before" | "after"): void;
  /** How many bytes the server has answered so far. */
  countAnswered(this: void): number;
  close(this: void): Promise<void>;
}

export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  let cut: { word: string; when: "before" | "after" } | undefined;
  let answered = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    let isDeaf = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) sockets.add(socket.on("error", end).on("close", end));
    client.on("data", (bytes) => {
      const isCut = cut !== undefined && bytes.includes(cut.word);
      if (isCut && cut?.when === "before") {
        cut = undefined;
        return end();
      }
      if (isCut) {
        cut = undefined;
        isDeaf = true;
      }
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      answered += bytes.length;
      if (isDeaf) end();
      else client.write(bytes);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    countAnswered: () => answered,
    cutAt: (word, when) => void (cut = { word, when }),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
