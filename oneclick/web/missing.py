"""The page that stands in for a browser UI that was not built."""

MISSING_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>One-Click</title>
<style>
body {
  font: 16px/1.6 system-ui, sans-serif; color-scheme: light dark;
  max-width: 38rem; margin: 12vh auto; padding: 0 1.25rem;
}
code { background: color-mix(in srgb, currentColor 12%, transparent); padding: .1em .35em; border-radius: .25em }
</style>
</head>
<body>
<main>
<h1>The browser UI is not built</h1>
<p>The server runs and answers at <a href="/api/health"><code>/api/</code></a>; its description is at
<a href="/api/openapi.json"><code>/api/openapi.json</code></a>.</p>
<p>Build the pages with <code>make ui</code> and load this page again. Installed packages carry them already.</p>
</main>
</body>
</html>
"""
