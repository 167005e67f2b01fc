/** A question for a link address that a program of XDP took before anything could be traced of it. */
import { questionsFor } from "../../view/evidence.ts";
import { DEVICE_SCRIPTS, gapOf, since } from "../../view/coverage.ts";
import { linkOf, type Owner } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { device } from "../word.ts";
import type { Asked } from "./asked.ts";
import { peerOf } from "./peer.ts";

/**
 * A question left by the device of this name, at whose other end a program of XDP runs, and none was
 * received anywhere: what a program drops or loses is in no event then. A program that hands questions
 * on does so by a device, where they would have been seen. Without a cable's other end that is the one
 * owner's device. `questions` are those of the device that asks.
 */
export function takenByXdp(
  subject: Case,
  hop: string,
  name: string,
  questions: readonly Sighting[],
  owners: readonly Owner[],
): Asked | null {
  const { node, netns, before, world } = subject;
  const asker = linkOf(before, undefined, name);
  const sent = questions.findLast((event) =>
    event.kind === "device-tx" && event.node === node && event.netns === netns &&
    event.device === name && event.tunnelKind === undefined
  );
  if (!asker || !sent) return null;
  const there = asker.kind === "veth"
    ? peerOf(world.nodes, node, netns, asker)
    : owners.length === 1
    ? owners[0]!
    : null;
  const [program] = there?.link.xdp ?? [];
  if (!there || !program) return null;
  if (questionsFor(subject.evidence, hop).some(({ kind }) => kind === "device-rx")) return null;
  if (gapOf(there.node, DEVICE_SCRIPTS, since(sent)) !== null) return null;
  const where = placeOf(there.node, there.netns, there.link.name);
  return {
    code: "xdp-drop",
    confidence: "likely",
    text: `; the question left by ${name} and never came out of ${where}, where an XDP program ` +
      "runs before anything that can be traced",
    evidence: [
      stateEvidence(
        there.node,
        `${where}: XDP ${program.mode ?? ""} program ${program.id ?? ""} ${program.name ?? ""}`
          .trim(),
      ),
    ],
    remedy: command(there.node, there.netns, [
      "ip",
      "-d",
      "link",
      "show",
      "dev",
      device(there.link.name),
    ]),
  };
}
