// Where this page may load files from.

const known = new Map(); // a file's path → the signed address first seen, so that pictures stay in the cache

/** The address of a file of the loopback Discord's, whose own is `base`; null for other places' files. */
export function localAddress(url, base) {
  const { origin, pathname, search, searchParams } = new URL(url, location.href);
  if (origin !== location.origin && origin !== base) return null;
  const seen = known.get(pathname);
  if (seen && seen.until > Date.now()) return pathname + seen.search;
  known.set(pathname, { search, until: Number.parseInt(searchParams.get("ex"), 16) * 1000 });
  return pathname + search;
}
