/**
 * Completion scripts. All they know is in them: a shell asks no program while somebody types, but for names
 * of a cluster, which `lasthop complete` asks its API for, or says nothing.
 */
import type { Shell } from "./shells.ts";
import type { CommandRow, OptionRow } from "./table.ts";

/** The script of each shell. */
export const COMPLETIONS: Record<Shell, (commands: readonly CommandRow[]) => string> = {
  bash,
  zsh: (commands) =>
    `#compdef lasthop\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`,
  fish,
};

const longs = ({ options }: CommandRow) => [...options.map(({ long }) => long), "--help"];

/** Options by what follows them, over all commands: the same option means the same everywhere. */
function valued(commands: readonly CommandRow[]): Map<string, OptionRow> {
  const options = commands.flatMap(({ options }) => options);
  return new Map(options.filter(({ takesValue }) => takesValue).map((one) => [one.long, one]));
}

function bash(commands: readonly CommandRow[]): string {
  const values = [...valued(commands).values()].map(({ long, choices, isPath }) => {
    const reply = isPath
      ? 'COMPREPLY=($(compgen -f -- "$word"))'
      : `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$word"))`;
    return `    ${long}) ${reply}; return ;;`;
  });
  const cases = commands.map((command) => {
    const file = command.takesFile ? ' $(compgen -f -- "$word")' : "";
    return `    ${command.name}) options="${longs(command).join(" ")}"; ` +
      `words="${command.words.join(" ")}${file}" ;;`;
  });
  return `_lasthop() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= options= words= i asked= kube=() line=("\${COMP_WORDS[0]}")
  COMPREPLY=()
  # Readline takes a name such as arn:aws:eks apart at each colon.
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]}\${line[\${#line[@]}-1]} in
      :* | *:) line[\${#line[@]}-1]+=\${COMP_WORDS[i]} ;;
      *) line+=("\${COMP_WORDS[i]}") ;;
    esac
  done
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  for ((i = 1; i < \${#line[@]} - 1; i++)); do
    case \${line[i]} in
      --kubeconfig | --context) asked=1; kube+=("\${line[i]}" "\${line[i+1]}") ;;
      -n | --namespace) kube+=(--namespace "\${line[i+1]}") ;;
    esac
  done
  case $word in
    pod/* | svc/* | deploy/* | node/*)
      [[ $command == cluster || -n $asked ]] || return 0
      # That of a Mac is bash 3.2, which knows no mapfile.
      IFS=$'\\n' read -r -d '' -a COMPREPLY < <("\${COMP_WORDS[0]}" complete \${kube[@]+"\${kube[@]}"} -- "$word" 2>/dev/null)
      return 0 ;;
  esac
  case $before in
${values.join("\n")}
  esac
  case $command in
    "") options="--help --version --color"; words="${commands.map(({ name }) => name).join(" ")}" ;;
${cases.join("\n")}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}
complete -F _lasthop lasthop`;
}

/** Within single quotes of fish only these two mean something. */
const quoted = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;

function fish(commands: readonly CommandRow[]): string {
  const lines = ["complete -c lasthop -f"];
  for (const command of commands) {
    const when = `-n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    lines.push(
      `complete -c lasthop -n __fish_use_subcommand -a ${command.name} -d ${
        quoted(command.description)
      }`,
    );
    if (command.words.length > 0) {
      lines.push(`complete -c lasthop ${when} -a ${quoted(command.words.join(" "))}`);
    }
    if (command.takesFile) lines.push(`complete -c lasthop ${when} -F`);
    for (const { long, description, takesValue, choices, isPath } of command.options) {
      const value = !takesValue
        ? ""
        : isPath
        ? " -r -F"
        : ` -x${choices.length > 0 ? ` -a ${quoted(choices.join(" "))}` : ""}`;
      lines.push(
        `complete -c lasthop ${when} -l ${long.slice(2)}${value} -d ${quoted(description)}`,
      );
    }
  }
  return lines.join("\n");
}
