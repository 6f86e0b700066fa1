import Plots

extension HTML {
  /// The whole file (HTML 5), its style sheet, which serves all figures, included.
  func document(title: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="generator" content="nn-report">
    <title>\(HTML.escaped(title))</title>
    <style>
    \(HTML.styles)\(SVGStyle.sheet)</style>
    </head>
    <body>
    <main>
    \(body)</main>
    </body>
    </html>

    """
  }

  /// Colours are those of the figures; names of one letter are left to them.
  private static let styles = """
    :root{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--muted:#59636e;--line:#d5dae0;--shade:#f3f5f7;--link:#0b5cad}
    @media (prefers-color-scheme:dark){
    :root{--paper:#15181c;--ink:#e6e9ed;--muted:#9aa4af;--line:#343b44;--shade:#20252b;--link:#6cb6ff}
    }
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);\
    font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main{max-width:62rem;margin:0 auto;padding:1rem 1rem 3rem}
    h1{font-size:1.8rem;line-height:1.2;margin:.6rem 0;overflow-wrap:anywhere}
    h2{font-size:1.3rem;margin:2.6rem 0 .6rem;padding-top:.5rem;border-top:1px solid var(--line)}
    h3{font-size:1.05rem;margin:1.6rem 0 .4rem;overflow-wrap:anywhere}
    p,ul{margin:.5rem 0}li{margin:.3rem 0}em{color:var(--muted)}.option{white-space:nowrap}
    nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.6rem 0}
    a{color:var(--link)}
    .facts{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0;padding:0;list-style:none}
    .facts li{margin:0;background:var(--shade);border-radius:8px;padding:.5rem .9rem;color:var(--muted);font-size:.85rem}
    .facts b{display:block;color:var(--ink);font-size:1.35rem;font-weight:500;font-variant-numeric:tabular-nums}
    table{border-collapse:collapse;font-size:.92rem}
    th,td{padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:middle;\
    max-width:26rem;overflow-wrap:break-word}
    th{color:var(--muted);font-weight:600}
    .words{max-width:42rem;color:var(--muted);font-size:.85rem}
    .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    @media (max-width:30rem){table{font-size:.82rem}th,td{padding-right:.45rem}}
    pre{background:var(--shade);padding:.8rem;overflow-x:auto;border-radius:8px;font-size:.88rem;line-height:1.45;tab-size:4}
    .wide{overflow-x:auto;max-width:100%}
    .figures,.images{display:flex;flex-wrap:wrap;gap:1rem;margin:.8rem 0}
    .plot{flex:1 1 20rem;max-width:30rem;min-width:0}
    .plot svg{display:block;width:100%;height:auto}
    .images{gap:.6rem}
    figure{margin:0;max-width:8rem;text-align:center;font-size:.85rem;color:var(--muted);overflow-wrap:anywhere}
    img{image-rendering:pixelated;vertical-align:middle}figure img{max-width:100%;height:auto}

    """
}
