/** RFC 7591 and RFC 7592. */
export function registration() {
  return {};
}
