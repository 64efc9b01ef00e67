/** What is known of an OAuth client without its secret. */
export interface ClientFacts {
  clientId: string;
  /** The store that holds its secret. */
  store: string;
  /** Another store that may hold a copy of it: a move is under way, or was interrupted. */
  alsoIn?: string;
}

/** Remembers which store holds the secret of each client ID. */
export interface ClientRegistry {
  read(clientId: string): Promise<ClientFacts | undefined>;
  write(facts: ClientFacts): Promise<void>;
  remove(clientId: string): Promise<void>;
}
