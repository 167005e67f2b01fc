/** Id of an incident whose bridges are of Open vSwitch, by the incident's own. */
export const withOpenvswitch = (id: string): string => `${id}-ovs`;
