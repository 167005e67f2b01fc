/** `lasthop incident`: make, list, close and delete incidents of an ingest, and let nodes join them. */
import { Argument, Option } from "commander";
import { parseNamedFilter } from "../../event/filter/mod.ts";
import { type Role, ROLES } from "../../ingest/stores/store.ts";
import type { CommandFile } from "../command.ts";
import { type AskFlags, asking } from "../options.ts";
import {
  cannotRead,
  INCIDENT_CHARS_MAX,
  readName,
  readSeconds,
  usageError,
} from "../read_value.ts";
import { CODE_NODES, CODE_SECONDS_MAX, TOKEN_SECONDS_MAX } from "../../ingest/token_bounds.ts";
import { readNodes } from "../serving/codes.ts";
import { type Action, ACTIONS, type IncidentCommand } from "../serving/options.ts";

interface Flags extends AskFlags {
  role?: Role;
  expires?: number;
  nodes?: number;
  revoke?: string;
}

/** The command. */
export const incident: CommandFile<
  [Action, string | undefined, string[], Flags],
  IncidentCommand
> = {
  declare: (program) =>
    asking(program.command("incident"))
      .description("create, list, close or delete incidents, and let nodes join them")
      .addArgument(new Argument("<action>", `one of ${ACTIONS.join(", ")}`).argParser(readAction))
      .argument("[NAME]", "which incident")
      .argument("[FILTER...]", "of create: what its nodes report (default: all packets)")
      .addOption(
        new Option("--role <role>", "of token: what it may do (default: join, a line for nodes)")
          .choices(ROLES),
      )
      .addOption(
        new Option("--expires <time>", "of create, token: how long it is good, such as 15m, 7d")
          .argParser((text) => Math.ceil(readSeconds(text, "--expires", TOKEN_SECONDS_MAX))),
      )
      .addOption(
        new Option(
          "--nodes <number>",
          `of create, token: how many nodes can join (default: ${CODE_NODES})`,
        )
          .argParser(readNodes),
      )
      .option("--revoke <id>", "of token: end the one with this id, at once"),

  read(action, name, words, flags) {
    if (action !== "list" && name === undefined) {
      throw usageError(`Cannot ${action}: no NAME given, must be an incident's`);
    }
    if (name !== undefined) readName("NAME", name, INCIDENT_CHARS_MAX);
    const filter = words.join(" ");
    if (filter !== "" && action !== "create") {
      throw usageError(`Cannot use FILTER with ${action}: it is of an incident that is created`);
    }
    parseNamedFilter(filter);
    refuseIdle(action, flags);
    const isForCode = action === "create" || (flags.role ?? "join") === "join";
    if (isForCode && (flags.expires ?? 0) > CODE_SECONDS_MAX) {
      throw cannotRead("--expires", `${flags.expires} s is too long for a code`, "a day at most");
    }
    const { ingest, token, json = false, role = "join", expires, nodes, revoke } = flags;
    return {
      ...{ action, name, filter, role, revoke, ingest, token, json },
      ...{ expiresInSeconds: expires, nodesMax: nodes },
    };
  },

  async run(options) {
    const { runIncident } = await import("../serving/run_incident.ts");
    return await runIncident(options);
  },
};

/** An option that does nothing is a mistake. Throws LasthopError `usage` for one. */
function refuseIdle(action: Action, { role, expires, nodes, revoke }: Flags): void {
  const refuse = (option: string, why: string) => {
    throw usageError(`Cannot use ${option} with ${action}: ${why}`);
  };
  if (action !== "token") {
    if (role !== undefined) refuse("--role", "it is of a token that is made");
    if (revoke !== undefined) refuse("--revoke", "it ends a token, lasthop incident token does");
    if (action === "create") return;
    if (expires !== undefined) refuse("--expires", "it is of a code or a token that is made");
    if (nodes !== undefined) refuse("--nodes", "it is of a code that is made");
    return;
  }
  const made = Object.entries({ role, expires, nodes }).find(([, value]) => value !== undefined);
  if (revoke !== undefined && made !== undefined) {
    refuse(`--${made[0]}`, "--revoke ends a token and makes none, must be one of them");
  }
  if (nodes !== undefined && (role ?? "join") !== "join") {
    refuse("--nodes", `a token of role "${role}" lets no nodes join, must be of role join`);
  }
}

function readAction(text: string): Action {
  const action = ACTIONS.find((known) => known === text);
  if (action !== undefined) return action;
  throw cannotRead("the action", `"${text}" is not known`, `one of ${ACTIONS.join(", ")}`);
}
