import type { Socket } from "node:net";

/** All open connections of the server, of which a stranger can open as many as he likes. */
export interface Crowd {
  /** Takes in a new connection; beyond the limit the oldest one that is not kept has to go. */
  admit: (socket: Socket) => void;
  /** From now on this connection is not dropped for others. Takes the TLS socket or the one below it. */
  keep: (socket: Socket) => void;
  /** Ends every connection at once, also in the middle of a TLS handshake. */
  disperse: () => void;
}

/** A crowd of at most `limit` connections, those aside that are kept. */
export function createCrowd(limit: number): Crowd {
  // A TLS socket and the plain one below it have the remote end in common, and nothing else that is public.
  const members = new Map<string, Socket>();
  const kept = new Set<string>();

  function drop(key: string): void {
    members.get(key)?.destroy();
    members.delete(key);
    kept.delete(key);
  }

  return {
    admit: (socket) => {
      const key = nameRemoteEnd(socket);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => {
        if (members.get(key) === socket) drop(key);
      });
      members.set(key, socket);
      if (members.size <= limit) return;
      const oldest = [...members.keys()].find((member) => !kept.has(member));
      if (oldest !== undefined) drop(oldest);
    },
    keep: (socket) => {
      const key = nameRemoteEnd(socket);
      if (members.has(key)) kept.add(key);
    },
    disperse: () => {
      for (const key of members.keys()) drop(key);
    },
  };
}

function nameRemoteEnd(socket: Socket): string {
  return `${socket.remoteAddress}|${socket.remotePort}`;
}
