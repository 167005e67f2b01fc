/** Disjoint sets (union-find) over the integers from 0 to `size` - 1, with path halving. */
export class Union {
  #parent: number[];

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, i) => i);
  }

  /** The root of the set that `i` is in: equal for two numbers of one set. */
  find(i: number): number {
    while (this.#parent[i] !== i) {
      this.#parent[i] = this.#parent[this.#parent[i]!]!;
      i = this.#parent[i]!;
    }
    return i;
  }

  /** Makes one set of two. The smaller root stays, so that the result does not depend on the order of joins. */
  join(a: number, b: number): void {
    const left = this.find(a);
    const right = this.find(b);
    if (left < right) this.#parent[right] = left;
    else this.#parent[left] = right;
  }
}
