/** The Deployment of a pod by the pod's name. */

/** What Kubernetes makes random parts of names of: no vowels, and no digits that look like letters. */
const RANDOM = "[bcdfghjklmnpqrstvwxz2456789]";
/** A ReplicaSet's name has the hash of its template, and a pod's five letters behind that. */
const POD = new RegExp(`^(.+)-${RANDOM}{1,10}-${RANDOM}{5}$`);

/** `shop/web` of `shop/web-7d4b9c6f5-x2x7k`; undefined for a name that is not made so. */
export const deploymentOf = (pod: string): string | undefined => POD.exec(pod)?.[1];
