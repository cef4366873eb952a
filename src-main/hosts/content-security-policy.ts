/**
 * What the window may load, in both hosts: only its own files and pixels. No inline script, no inline style,
 * no eval, no frame. `connect` adds where pixels and messages come from.
 */
export function contentSecurityPolicy(connect: readonly string[] = []): string {
  return Object.entries({
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "font-src": ["'self'"],
    // Canvases become pictures (export, map preview) as blobs; data: is the drop shadow of a cursor or an icon.
    "img-src": ["'self'", "blob:", "data:", ...connect],
    "connect-src": ["'self'", ...connect],
    "worker-src": ["'self'"],
    "manifest-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-src": ["'none'"],
    "frame-ancestors": ["'none'"],
  })
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}
