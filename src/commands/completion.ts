import { makePrintable } from "../core/printable.ts";
import { defineCommand, type RawInput } from "./kit/command.ts";
import { usage } from "./kit/options.ts";
import { completionScripts, completionShells, type CompletionShell } from "./kit/shell-scripts.ts";

interface Script {
  shell: CompletionShell;
  script: string;
}

export const completionCommand = defineCommand<CompletionShell, Script>({
  name: "completion",
  group: "More",
  summary: "Print what makes the Tab key complete qbo's words",
  description:
    "Prints a script for your shell. It completes commands, options and their values, and the names of your connections, environments and apps. " +
    "It asks qbo itself, so it need not be renewed when qbo is; nothing is asked of Intuit, of a keychain or of a team store.",
  arguments: [{ name: "shell", description: completionShells.join(", "), words: completionShells }],
  examples: [
    ["echo 'eval \"$(qbo completion bash)\"' >> ~/.bashrc", "bash, from the next shell on"],
    ["echo 'source <(qbo completion zsh)' >> ~/.zshrc", "zsh; after the line with compinit"],
    ["qbo completion fish > ~/.config/fish/completions/qbo.fish", "fish"],
    ["qbo completion powershell >> $PROFILE", "PowerShell"],
  ],
  read: readShell,
  run: (_world, shell) => Promise.resolve({ shell, script: completionScripts[shell] }),
  human: ({ script }) => script.trimEnd(),
  json: ({ shell, script }) => ({ shell, script }),
  isVerbatim: true,
});

function readShell({ arguments: [word] }: RawInput): CompletionShell {
  const shell = completionShells.find((known) => known === word);
  if (shell !== undefined) return shell;
  throw usage(
    word === undefined ? "Say for which shell." : `There is no completion for ${makePrintable(word, 40)}.`,
    `It is there for ${completionShells.join(", ")}: qbo completion bash`,
  );
}
