import { defineCommand } from "../kit/command.ts";

export const storeKeygenCommand = defineCommand<null, { key: string }>({
  name: "store keygen",
  isVerbatim: true,
  group: "Storing and moving",
  summary: "Make a key for QBO_STORE_KEY",
  description:
    "Prints 32 random bytes in base64, made for QBO_STORE_KEY, which seals the file store. It is kept nowhere: keep it yourself.",
  examples: [["qbo store keygen", "put the output into your CI's secrets"]],
  read: () => null,
  run: async (world) => ({ key: world.random.token(32) }),
  isSecret: () => true,
  human: ({ key }) => key,
  json: (result) => result,
});
