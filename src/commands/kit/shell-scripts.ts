/** Shells that can be told what to propose. */
export const completionShells = ["bash", "zsh", "fish", "powershell"] as const;
export type CompletionShell = (typeof completionShells)[number];

/*
 * Each script hands the typed words to `qbo __complete`, as they stand there: nothing of what was typed or answered is evaluated, and
 * the program is always the one that PATH finds, whatever the line begins with. bash 3.2 (macOS) and PowerShell 5.1 are served, too.
 */

const bash = `# qbo completion bash
_qbo() {
  local answer kind='' line typed=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  answer=$(command qbo __complete bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null) || return 0
  while IFS= read -r line; do
    if [[ -z $kind ]]; then
      kind=$line
    else
      line=\${line%%$'\\t'*}
      [[ $line != *[:/=] ]] || compopt -o nospace 2>/dev/null
      COMPREPLY+=("$line")
    fi
  done <<<"$answer"
  if [[ $kind == :files ]]; then
    answer=$(compgen -f -- "\${typed#[=:]}")
  elif [[ $kind == :folders ]]; then
    answer=$(compgen -d -- "\${typed#[=:]}")
  elif [[ $kind == :programs ]]; then
    answer=$(compgen -c -- "$typed" | sort -u)
  else
    return 0
  fi
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do
    [[ -z $line ]] || COMPREPLY+=("$line")
  done <<<"$answer"
}
complete -F _qbo qbo
`;

const zsh = `#compdef qbo
# qbo completion zsh
_qbo() {
  local -a lines ended open
  local line value entry
  lines=("\${(@f)$(command qbo __complete zsh "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null </dev/null)}")
  case "\${lines[1]}" in
    :files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files; return ;;
    :folders) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/; return ;;
    :programs) _command_names -e; return ;;
  esac
  for line in "\${(@)lines[2,-1]}"; do
    value=\${line%%$'\\t'*}
    [[ -n $value ]] || continue
    entry=\${value//:/\\\\:}
    [[ $line == "$value" ]] || entry+=":\${line#*$'\\t'}"
    if [[ $value == *[:/=] ]]; then
      open+=("$entry")
    else
      ended+=("$entry")
    fi
  done
  _describe -V 'qbo' ended -- open -S ''
}
if [[ $funcstack[1] == _qbo ]]; then
  _qbo "$@"
else
  compdef _qbo qbo
fi
`;

const fish = `# qbo completion fish
function __qbo_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    set -g __qbo_candidates (command qbo __complete fish $words "$current" 2>/dev/null </dev/null)
    set -l kind "$__qbo_candidates[1]"
    set -e __qbo_candidates[1]
    switch "$kind"
        case :files
            # fish does it by itself where no rule applies, and knows what ~, quotes and --file= mean there.
            return 1
        case :folders
            set __qbo_candidates (__fish_complete_directories "$current")
        case :programs
            # What stands where a command does is run by fish when it completes it: only plain words go there.
            string match -qr '^[\\w.,:=@%+~/-]*$' -- "$current"; and set __qbo_candidates (complete -C "$current")
    end
end
complete -c qbo -e
complete -c qbo -n __qbo_complete -f -k -a '$__qbo_candidates'
`;

const powershell = `# qbo completion powershell
Register-ArgumentCompleter -Native -CommandName qbo -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $typed = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text }) + @("$wordToComplete")
    # A batch file may stand between: no character reaches it that means something to it.
    $words = @($typed | ForEach-Object { if ($_ -match '^[\\w.,:=@/-]*$') { "+$_" } else { '+' } })
    & qbo __complete powershell @words 2>$null | Select-Object -Skip 1 | ForEach-Object {
        $value, $note = $_ -split [char]9, 2
        if (-not $note) { $note = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $note)
    }
}
`;

/** The script by which a shell asks qbo what may be typed next. */
export const completionScripts: Readonly<Record<CompletionShell, string>> = { bash, zsh, fish, powershell };
