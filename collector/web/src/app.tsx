// Which page an address shows.
import type { ComponentChildren } from "preact"
import { useEffect } from "preact/hooks"
import { useApi } from "./api.ts"
import { AuditPage } from "./pages/audit.tsx"
import { BacktestPage } from "./pages/backtest.tsx"
import { ChangesPage } from "./pages/changes.tsx"
import { ConsumerPage } from "./pages/consumer.tsx"
import { ConsumersPage } from "./pages/consumers.tsx"
import { DarkPage } from "./pages/dark.tsx"
import { DarkServerPage } from "./pages/dark-server.tsx"
import { DetectionsPage } from "./pages/detections.tsx"
import { EndpointPage } from "./pages/endpoint.tsx"
import { EndpointsPage } from "./pages/endpoints.tsx"
import { ExceptionsPage } from "./pages/exceptions.tsx"
import { FindingsPage } from "./pages/findings.tsx"
import { IncidentPage } from "./pages/incident.tsx"
import { IncidentsPage } from "./pages/incidents.tsx"
import { MapPage } from "./pages/map.tsx"
import { NotificationsPage } from "./pages/notifications.tsx"
import { OverviewPage } from "./pages/overview.tsx"
import { PartnerPage } from "./pages/partner.tsx"
import { PartnersPage } from "./pages/partners.tsx"
import { RotationsPage } from "./pages/rotations.tsx"
import { SensorPage } from "./pages/sensor.tsx"
import { SensorsPage } from "./pages/sensors.tsx"
import { ServicePage } from "./pages/service.tsx"
import { ServicesPage } from "./pages/services.tsx"
import { Access, isSignedOut, type Who } from "./parts/access.tsx"
import { Frame } from "./parts/frame.tsx"
import { Head } from "./parts/head.tsx"
import { SignIn, useSignedOut } from "./parts/sign-in.tsx"
import { Blank } from "./parts/states.tsx"
import { idAfter, type Route, useRoute } from "./router.ts"

function NotFound() {
  return (
    <>
      <Head title="Not found" />
      <div class="panel">
        <Blank title="There is no page at this address.">
          <a class="button-link" href="/">
            To the overview
          </a>
        </Blank>
      </div>
    </>
  )
}

function pageOf({ path, query }: Route): ComponentChildren {
  const service = idAfter("/services", path)
  if (service !== null) return <ServicePage key={service} id={service} />
  const endpoint = idAfter("/endpoints", path)
  if (endpoint !== null) return <EndpointPage key={endpoint} id={endpoint} />
  const consumer = idAfter("/consumers", path)
  if (consumer !== null) return <ConsumerPage key={consumer} id={consumer} />
  const incident = idAfter("/incidents", path)
  if (incident !== null) return <IncidentPage key={incident} id={incident} />
  const partner = idAfter("/partners", path)
  if (partner !== null) return <PartnerPage key={partner} id={partner} />
  const sensor = idAfter("/sensors", path)
  if (sensor !== null) return <SensorPage key={sensor} id={sensor} query={query} />
  const dark = idAfter("/dark", path)
  if (dark !== null) return <DarkServerPage key={dark} id={dark} />
  switch (path) {
    case "/":
      return <OverviewPage />
    case "/incidents":
      return <IncidentsPage query={query} />
    case "/detections":
      return <DetectionsPage />
    case "/exceptions":
      return <ExceptionsPage query={query} />
    case "/backtest":
      return <BacktestPage query={query} />
    case "/services":
      return <ServicesPage query={query} />
    case "/endpoints":
      return <EndpointsPage query={query} />
    case "/consumers":
      return <ConsumersPage query={query} />
    case "/map":
      return <MapPage query={query} />
    case "/changes":
      return <ChangesPage query={query} />
    case "/partners":
      return <PartnersPage query={query} />
    case "/rotations":
      return <RotationsPage query={query} />
    case "/findings":
      return <FindingsPage query={query} />
    case "/audit":
      return <AuditPage query={query} />
    case "/notifications":
      return <NotificationsPage />
    case "/dark":
      return <DarkPage query={query} />
    case "/sensors":
      return <SensorsPage query={query} />
    default:
      return <NotFound />
  }
}

export function App() {
  const route = useRoute()
  const [isOut, setOut] = useSignedOut()
  // Screen readers and the keyboard start at the new page's heading, as they would after a full load.
  useEffect(() => {
    if (!document.activeElement?.matches("input, select, textarea"))
      document.querySelector<HTMLElement>("main h1")?.focus()
  }, [route.path])
  const who = useApi<Who>(isOut ? null : "/session")
  if (isOut || isSignedOut(who.error)) return <SignIn done={() => setOut(false)} />
  // Until it is known who asks, nothing is asked.
  if (who.body === null && who.error === null) return null
  return (
    <Access.Provider value={who.body}>
      <Frame path={route.path}>{pageOf(route)}</Frame>
    </Access.Provider>
  )
}
