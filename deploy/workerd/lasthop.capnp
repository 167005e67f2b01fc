# The ingest on workerd, the engine of Cloudflare Workers, on a machine of your own; docs/deploy.md
# says how it is built and run. What deploy/wrangler.jsonc tells Cloudflare is told workerd here: a
# test holds the two together.

using Workerd = import "/workerd/workerd.capnp";

const lasthop :Workerd.Config = (
  services = [
    (name = "ingest", worker = .ingest),
    # Where they are is told on the command line: --directory-path objects=… archives=…
    (name = "objects", disk = (writable = true)),
    (name = "archives", disk = (writable = true)),
    # The ingest asks nobody on the network for anything.
    (name = "internet", network = (allow = [])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:4680", http = (), service = "ingest")],
  extensions = [
    (modules = [(name = "lasthop:disk-bucket", internal = true, esModule = embed "disk_bucket.js")]),
  ],
);

const ingest :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-07-30",
  compatibilityFlags = ["enable_request_signal", "request_signal_passthrough"],
  bindings = [
    (name = "DIRECTORY", durableObjectNamespace = "Directory"),
    (name = "HUB", durableObjectNamespace = "IncidentHub"),
    (name = "SHARD", durableObjectNamespace = "PacketShard"),
    (name = "ARCHIVES", wrapped = (
      moduleName = "lasthop:disk-bucket",
      innerBindings = [(name = "disk", service = "archives")],
    )),
    (name = "ROOT_TOKEN", fromEnvironment = "ROOT_TOKEN"),
    (name = "ALLOW_ORIGINS", fromEnvironment = "ALLOW_ORIGINS"),
    (name = "LIMITS", fromEnvironment = "LIMITS"),
    (name = "SHARDS", fromEnvironment = "SHARDS"),
    (name = "EVENTS_PER_SHARD", fromEnvironment = "EVENTS_PER_SHARD"),
  ],
  durableObjectNamespaces = [
    (className = "Directory", uniqueKey = "lasthop-directory", enableSql = true),
    (className = "IncidentHub", uniqueKey = "lasthop-hub", enableSql = true),
    (className = "PacketShard", uniqueKey = "lasthop-shard", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "objects"),
);
