/**
 * In `lasthop test --quick` a property is tried with fewer values than the hundred of fast-check, if its
 * test says no number of its own. Values are drawn anew in each run, so that many runs try many.
 */
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: 25 });
