/** The options that several commands share: how each is declared, read and typed. */
import { type Form, FORMS } from "../exports/mod.ts";
import { Argument, type Command, Option } from "commander";
import { ALL, parseReportFilter, type ReportFilter } from "../event/filter/mod.ts";
import * as read from "./read_value.ts";
import { tokenFileOption, tokenOption } from "./token.ts";

/** Where an ingest of this machine answers when nobody says otherwise. */
export const USUAL_INGEST = "http://127.0.0.1:4680";

/** Commander's value of --listen: false after --no-listen, absent when neither was given. */
export interface ListenFlag {
  listen?: read.ListenAddress | false;
}

/** `--listen`; `usual` is what the help says happens without it. */
export function listenOption(usual: string): Option {
  return new Option("--listen <addr:port>", `where page and API answer (default: ${usual})`)
    .argParser(read.readListen);
}

/** The address of --listen, the usual one without it, null after --no-listen. */
export function readListenFlag({ listen }: ListenFlag): read.ListenAddress | null {
  return listen === false ? null : listen ?? read.USUAL_LISTEN;
}

/** `--ingest`. */
export function ingestOption(): Option {
  return new Option("--ingest <url>", "the ingest").argParser((text) => read.readUrl(text));
}

/** `--incident`; `what` is its line in the help. */
export function incidentOption(what: string): Option {
  return new Option("--incident <id>", what)
    .argParser((text) => read.readName("--incident", text, read.INCIDENT_CHARS_MAX));
}

/** `--filter`, for commands that show a report; the one of a capture is an argument. */
export function filterOption(): Option {
  return new Option(
    "--filter <filter>",
    "show only what fits: pcap words, node, cause, outcome, ...",
  )
    .argParser(parseReportFilter).default(ALL, "all");
}

/** Commander's value of --filter. */
export interface FilterFlag {
  /** Absent only where a test leaves it out: all. */
  filter?: ReportFilter;
}

/** `--full`. */
export function fullOption(): Option {
  return new Option("--full", "every hop and all evidence, however many problems there are");
}

/** Commander's value of --full. */
export interface FullFlag {
  full?: boolean;
}

/** `--json`. */
export function jsonOption(): Option {
  return new Option("--json", "JSON alone on stdout, everything else on stderr");
}

/** `--format`: the forms of `src/exports`. */
export function formatOption(): Option {
  return new Option("--format <form>", "the report in a form to hand on, alone on stdout")
    .choices(FORMS);
}

/** `--otlp`; `what` begins its line in the help. */
export function otlpOption(what = "send the problems as OTLP logs"): Option {
  return new Option("--otlp <url>", `${what} (keys: OTEL_EXPORTER_OTLP_HEADERS)`)
    .argParser((text) => read.readWholeUrl(text, "--otlp"));
}

/** Commander's values for a command that can hand a report on. */
export interface FormatFlags {
  otlp?: string;
  json?: boolean;
  format?: Form;
}

/** The form that is asked for; null: text for this terminal. Throws LasthopError `usage` for two. */
export function readFormat({ json, format }: FormatFlags): Form | null {
  if (json && format !== undefined && format !== "json") {
    throw read.usageError(
      `Cannot use --json with --format ${format}: each is the form, must be one of them`,
    );
  }
  return format ?? (json ? "json" : null);
}

/** Where the ingest is and who asks. */
export interface Access {
  /** Origin and path without a trailing slash. */
  ingest: string;
  token?: string;
}

/** Commander's values for a command that asks a running ingest. */
export interface AskFlags extends Access {
  json?: boolean;
}

/** Declares what every command that asks a running ingest has in common. */
export function asking(command: Command): Command {
  return command.addOption(ingestOption().default(USUAL_INGEST))
    .addOption(tokenOption())
    .addOption(tokenFileOption())
    .addOption(jsonOption());
}

/** What a command about one incident of a running ingest is told. */
export interface IncidentOptions extends Access {
  /** Absent or `newest`: the one with the latest activity. */
  incident?: string;
  json: boolean;
}

/** Commander's values for a command about one incident. */
export interface IncidentFlags extends AskFlags {
  incident?: string;
}

/** Declares what every command about one incident of a running ingest has in common. */
export function askingAboutIncident(command: Command): Command {
  return asking(command).addOption(incidentOption("which incident (default: newest, by activity)"));
}

/** The same with the incident as the first word, too: `lasthop report checkout-504`. */
export function askingAboutNamed(command: Command): Command {
  return askingAboutIncident(command).addArgument(
    new Argument("[INCIDENT]", "the same as --incident")
      .argParser((text) => read.readName("INCIDENT", text, read.INCIDENT_CHARS_MAX)),
  );
}

/**
 * The options of `askingAboutNamed`. Throws LasthopError `usage` where the word and --incident name
 * two.
 */
export function readNamed(word: string | undefined, flags: IncidentFlags): IncidentOptions {
  const { incident = word } = flags;
  if (word !== undefined && incident !== word) {
    const both = `"${word}" and --incident ${incident}`;
    throw read.usageError(`Cannot choose an incident: there are ${both}, must be one`);
  }
  return readIncidentFlags({ ...flags, incident });
}

/** The options that `askingAboutIncident` declares. */
export function readIncidentFlags(flags: IncidentFlags): IncidentOptions {
  const { ingest, token, incident, json = false } = flags;
  return { ingest, token, incident, json };
}
