import { equal } from "node:assert/strict";
import { configFolder, stateFolder } from "./user_folders.ts";

Deno.test("a user's folders are those of XDG, and a path that is not absolute is none", () => {
  const env = (all: Record<string, string>) => (name: string) => all[name];
  equal(stateFolder(env({ HOME: "/home/me" })), "/home/me/.local/state/lasthop");
  equal(configFolder(env({ HOME: "/home/me" })), "/home/me/.config/lasthop");
  const own = { HOME: "/home/me", XDG_STATE_HOME: "/state", XDG_CONFIG_HOME: "/config" };
  equal(stateFolder(env(own)), "/state/lasthop");
  equal(configFolder(env(own)), "/config/lasthop");
  for (const none of ["", "state", "./state"]) {
    const some = { HOME: "/home/me", XDG_STATE_HOME: none, XDG_CONFIG_HOME: none };
    equal(stateFolder(env(some)), "/home/me/.local/state/lasthop");
    equal(configFolder(env(some)), "/home/me/.config/lasthop");
    equal(stateFolder(env({ HOME: none })), null);
  }
  equal(configFolder(env({})), null);
});
