/** Chains as firewalld 1.3.3 makes them (nft) and as 0.6 did (iptables), and what changes them. */
import { equal } from "node:assert/strict";
import type { Event } from "../../../event/event.ts";
import { TCP } from "../../kernel/protocols.ts";
import type { Case } from "../case.ts";
import { firewalldWords } from "./firewalld_words.ts";

const told = (chains: string[], event: Partial<Event> = { protocol: TCP, destinationPort: 80 }) =>
  firewalldWords({ event } as Case, chains);

Deno.test("[N6] a port is added to the zone only for what goes to the machine itself", () => {
  equal(
    told(["filter_IN_public", "filter_INPUT_ZONES"]),
    "firewall-cmd --zone=public --add-port=80/tcp",
  );
  equal(told(["IN_my_zone", "INPUT_ZONES"]), "firewall-cmd --zone=my_zone --add-port=80/tcp");
  equal(told(["filter_IN_public"], { protocol: 1 }), "firewall-cmd --zone=public --list-all");
  const forwarded =
    "firewall-cmd --list-all-policies: none lets it pass from zone internal, and within " +
    "one zone firewall-cmd --zone=internal --add-forward does";
  equal(told(["filter_FWD_internal", "filter_FORWARD_ZONES"]), forwarded);
  equal(told(["FWDI_internal", "FORWARD_IN_ZONES"]), forwarded);
});

Deno.test("[N6] what a rich rule denies is not let in by a port that is added", () => {
  equal(
    told(["filter_IN_public_deny", "filter_IN_public"]),
    "firewall-cmd --zone=public --list-rich-rules",
  );
  equal(
    told(["filter_FWD_policy_io_deny", "filter_FWD_policy_io"]),
    "firewall-cmd --policy=io --list-rich-rules",
  );
});

Deno.test("[N6] a policy that refuses is shown, and so are the zones where no chain names one", () => {
  equal(
    told(["filter_FWD_policy_io", "filter_FORWARD_POLICIES_pre", "filter_FWD_internal"]),
    "firewall-cmd --info-policy=io",
  );
  equal(told(["filter_INPUT"]), "firewall-cmd --get-active-zones, firewall-cmd --list-all-zones");
});
