import type { ComponentChildren } from "preact"
import { useEffect } from "preact/hooks"

interface HeadProps {
  /** Text of the browser's title. */
  readonly title: string
  /** The heading, when it is more than the title. */
  readonly heading?: ComponentChildren
  readonly sub?: ComponentChildren
  readonly crumbs?: readonly (readonly [path: string, name: string])[]
  readonly children?: ComponentChildren
}

/** Heading of a page; its title is the window's title. */
export function Head({ title, heading, sub, crumbs, children }: HeadProps) {
  useEffect(() => {
    document.title = title === "" ? "Sonde" : `${title} · Sonde`
  }, [title])
  return (
    <div class="page-head">
      <div class="lead">
        {crumbs === undefined ? null : (
          <nav class="crumbs" aria-label="Breadcrumb">
            {crumbs.map(([path, name], i) => (
              <>
                {i > 0 ? <span aria-hidden="true">/</span> : null}
                <a href={path}>{name}</a>
              </>
            ))}
          </nav>
        )}
        <h1 tabIndex={-1}>{heading ?? title}</h1>
        {sub === undefined ? null : <p class="sub">{sub}</p>}
      </div>
      {children}
    </div>
  )
}
