/** `wanted`, or with a number behind when that is taken: “fields (2)”. */
export function freeName(wanted: string, taken: (name: string) => boolean): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted} (${n})`;
    if (!taken(name)) return name;
  }
}
