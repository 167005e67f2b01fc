/** Protocols that have ports, by their IP number, as the API spells them. */
export const PORT_PROTOCOLS: Readonly<Record<number, string>> = {
  6: "TCP",
  17: "UDP",
  132: "SCTP",
};

/** A protocol as a report names it, `tcp` or a number, as the API spells it. */
export const portProtocol = (name: string): string =>
  PORT_PROTOCOLS[Number(name)] ?? name.toUpperCase();
