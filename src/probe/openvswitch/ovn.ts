/**
 * What OVN made flows of: the logical flows of its southbound database, and the ACLs of the northbound
 * one. A flow's cookie is the first eight digits of its logical flow's id, and a logical flow's
 * `stage-hint` those of what it was made of (ovn-architecture(7), ovn-sb(5)).
 */
import { z } from "zod";
import type { LogicalFlow } from "../../event/state_openvswitch.ts";
import type { Control } from "./control.ts";
import { map, rows, setOf, uuid } from "./ovsdb.ts";

/** Cookies, as `ofproto/trace` writes them, to what they stand for. */
export type LogicalFlows = ReadonlyMap<string, LogicalFlow>;

/** Flows that are asked about. */
const COOKIES_MAX = 64;

const Flows = z.array(rows(z.object({
  _uuid: uuid,
  logical_datapath: setOf(uuid),
  logical_dp_group: setOf(uuid),
  match: z.string(),
  external_ids: map,
})));
const Groups = z.array(rows(z.object({ datapaths: setOf(uuid) })));
const Datapaths = z.array(rows(z.object({ external_ids: map })));
const Acls = z.array(rows(z.object({
  _uuid: uuid,
  name: setOf(z.string()),
  direction: z.string(),
  priority: z.number(),
  match: z.string(),
  action: z.string(),
})));

/** The databases, each with a connection; the northbound one may be on another machine. */
export interface Databases {
  southbound: Control;
  northbound: Control | undefined;
}

/** Rejects where the southbound database does not answer, or answers otherwise. */
export async function logicalFlows(
  { southbound, northbound }: Databases,
  cookies: ReadonlySet<string>,
): Promise<LogicalFlows> {
  const ask = tableOf(southbound, "OVN_Southbound");
  const digits = [...cookies].slice(0, COOKIES_MAX).map(digitsOf);
  const flows = Flows.parse(
    await ask.byDigits("Logical_Flow", digits, [
      ...["_uuid", "logical_datapath", "logical_dp_group", "match", "external_ids"],
    ]),
  ).flatMap(({ rows }) => rows);
  const hints = flows.flatMap(({ external_ids: ids }) => ids.get("stage-hint") ?? []);
  // Names of ACLs are more than is needed, so that a flow is told without, too.
  const acls = northbound === undefined || hints.length === 0
    ? []
    : await aclsBy(northbound, hints).catch(() => []);
  const found = new Map<string, LogicalFlow>();
  for (const flow of flows) {
    const hint = flow.external_ids.get("stage-hint");
    const acl = acls.find(({ _uuid }) => hint !== undefined && _uuid.startsWith(hint));
    found.set(cookieOf(flow._uuid), {
      stage: flow.external_ids.get("stage-name") ?? "",
      match: flow.match,
      datapaths: await datapathsOf(flow),
      ...(acl === undefined ? {} : {
        acl: {
          ...(acl.name[0] === undefined ? {} : { name: acl.name[0] }),
          direction: acl.direction,
          priority: acl.priority,
          match: acl.match,
          action: acl.action,
        },
      }),
    });
  }
  return found;

  /** Names of the switches and routers that it is a flow of. */
  async function datapathsOf(flow: z.infer<typeof Flows>[number]["rows"][number]) {
    const groups = Groups.parse(
      await ask.byIds("Logical_DP_Group", flow.logical_dp_group, ["datapaths"]),
    );
    const ids = [
      ...flow.logical_datapath,
      ...groups.flatMap(({ rows }) => rows)
        .flatMap(({ datapaths }) => datapaths),
    ].slice(0, DATAPATHS_MAX);
    const named = Datapaths.parse(await ask.byIds("Datapath_Binding", ids, ["external_ids"]));
    return named.flatMap(({ rows }) => rows).flatMap(({ external_ids: ids }) =>
      ids.get("name2") || ids.get("name") || []
    );
  }
}

/** Switches that are named of a flow which many share. */
const DATAPATHS_MAX = 8;

const aclsBy = async (northbound: Control, hints: readonly string[]) =>
  Acls.parse(
    await tableOf(northbound, "OVN_Northbound").byDigits("ACL", hints, [
      ...["_uuid", "name", "direction", "priority", "match", "action"],
    ]),
  ).flatMap(({ rows }) => rows);

/** `0x1a2b` is of the id that begins with `00001a2b`. */
const digitsOf = (cookie: string) => cookie.replace(/^0x/, "").padStart(8, "0");
const cookieOf = (id: string) => `0x${id.slice(0, 8).replace(/^0+(?=.)/, "")}`;

const Ids = z.tuple([rows(z.object({ _uuid: uuid }))]);

/** Questions to one database. */
function tableOf(control: Control, database: string) {
  const select = (table: string, where: unknown[], columns: readonly string[]) => ({
    ...{ op: "select", table, where, columns },
  });
  const byIds = async (table: string, ids: readonly string[], columns: readonly string[]) =>
    ids.length === 0 ? [] : await control.ask("transact", [
      database,
      ...ids.map((id) => select(table, [["_uuid", "==", ["uuid", id]]], columns)),
    ]);
  return {
    byIds,
    /** Rows whose ids begin so: ids of all are read first, as no question can ask for a beginning. */
    async byDigits(table: string, digits: readonly string[], columns: readonly string[]) {
      const [all] = Ids.parse(
        await control.ask("transact", [database, select(table, [], ["_uuid"])]),
      );
      const wanted = new Set(digits);
      const ids = all.rows.map(({ _uuid }) => _uuid).filter((id) => wanted.has(id.slice(0, 8)));
      return await byIds(table, ids.slice(0, COOKIES_MAX), columns);
    },
  };
}
