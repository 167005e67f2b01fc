/// <reference lib="dom" />
/** The incident as a file to hand on: asked of the ingest with this page's token, and kept by the browser. */
import { signal } from "@preact/signals";
import { fileName, type Form } from "../../words/forms.ts";
import { problemOf, request, whyUnanswered } from "../live/api.ts";
import { told } from "./model.ts";
import { shellWord } from "./shell.ts";

/** Whether the list of forms is shown. */
export const handingOn = signal(false);

/** What is to be said of the file that was asked for last. */
export const handedOn = signal("");

/** Shows the list of forms, or hides it. */
export function toggleHandingOn(): void {
  handingOn.value = !handingOn.value;
  handedOn.value = "";
}

/** Hides the list of forms. */
export function closeHandingOn(): void {
  handingOn.value = false;
}

/** Asks for the incident in this form, and gives it to the browser as a file. */
export async function download(incident: string, format: Form): Promise<void> {
  const name = fileName(incident, format);
  handedOn.value = `${name}: asked for …`;
  try {
    const path = `/v1/incidents/${encodeURIComponent(incident)}/report?format=${format}`;
    const response = await request(path);
    if (!response.ok) {
      handedOn.value = `${name}: ${await problemOf(response)}`;
      return;
    }
    save(await response.blob(), name);
    handedOn.value = `${name}: given to the browser`;
  } catch (error) {
    // A trace's ingest ends with it, and what it kept has all of it.
    const { archive } = told.value;
    const instead = archive === null
      ? ""
      : `; lasthop replay --format ${format} ${shellWord(archive)}`;
    handedOn.value = `${name}: ${whyUnanswered(error)}${instead}`;
  }
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // A browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
