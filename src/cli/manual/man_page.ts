/** The manual page lasthop(1), from the table that the help is made from. */
import type { CommandRow } from "./table.ts";

/** Text of roff: a backslash, a dash that may be copied, and no line that is a request by accident. */
const roff = (text: string) =>
  text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/gm, "\\&$1");

const FILES: readonly [path: string, what: string][] = [
  ["~/.config/lasthop/config.json", "ingest and tokenFile, for commands that ask an ingest"],
  ["/var/lib/lasthop", "what root's traces and ingest keep"],
  ["~/.local/state/lasthop", "the same of other users"],
];

const ENVIRONMENT: readonly [name: string, what: string][] = [
  ["LASTHOP_TOKEN", "the bearer token, which no other user can see there"],
  ["LASTHOP_WEBHOOK_SECRET", "the key that serve --webhook signs with"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "headers of what --otlp sends, NAME=VALUE with commas between"],
  ["NO_COLOR", "no colours"],
  ["XDG_CONFIG_HOME, XDG_STATE_HOME", "in place of ~/.config and ~/.local/state"],
];

const EXITS: readonly [code: string, what: string][] = [
  ["0", "a report was made, or everything was sent"],
  ["1", "nothing could be seen, or not everything could be sent"],
  ["2", "the command line is wrong"],
  ["4", "a flow or an exchange has an outcome of --fail-on"],
  ["130", "ended by a second signal"],
];

const entries = (rows: readonly (readonly [string, string])[]) =>
  rows.flatMap(([term, text]) => [".TP", `\\fB${roff(term)}\\fR`, roff(text)]);

/** The page as roff with man macros. */
export function manPage(
  { description, version }: { description: string; version: string },
  commands: readonly CommandRow[],
): string {
  return [
    `.TH LASTHOP 1 "" "lasthop ${roff(version)}" "User Commands"`,
    ".ad l",
    ".SH NAME",
    `lasthop \\- ${roff(description)}`,
    ".SH SYNOPSIS",
    ".B lasthop",
    "\\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIWORDS\\fR]",
    ".SH COMMANDS",
    ...commands.flatMap((command) => [
      `.SS lasthop ${roff(command.name)} ${roff(command.usage)}`,
      roff(command.description),
      ...entries(command.arguments.map(({ name, description }) => [name, description] as const)),
      ...entries(command.options.map(({ flags, description }) => [flags, description] as const)),
    ]),
    ".SH EXIT STATUS",
    ...entries(EXITS),
    ".SH ENVIRONMENT",
    ...entries(ENVIRONMENT),
    ".SH FILES",
    ...entries(FILES),
    "",
  ].join("\n");
}
