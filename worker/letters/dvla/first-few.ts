/** Counts all, keeps the first: a list for people must not grow with what went wrong. */
export class FirstFew<Item> {
  count = 0;
  readonly first: Item[] = [];

  add(item: Item): void {
    this.count++;
    if (this.first.length < mostListed) this.first.push(item);
  }
}

const mostListed = 20;
