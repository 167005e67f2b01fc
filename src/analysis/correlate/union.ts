/** Disjoint sets over small integers, with path halving. */
export class Union {
  #parent: number[];

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, i) => i);
  }

  find(i: number): number {
    while (this.#parent[i] !== i) {
      this.#parent[i] = this.#parent[this.#parent[i]!]!;
      i = this.#parent[i]!;
    }
    return i;
  }

  /** The smaller root stays, so that the result does not depend on the order of joins. */
  join(a: number, b: number): void {
    const left = this.find(a);
    const right = this.find(b);
    if (left < right) this.#parent[right] = left;
    else this.#parent[left] = right;
  }
}
