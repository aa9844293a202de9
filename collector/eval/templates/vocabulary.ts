// Words that ids are made of: written for this evaluation, of the sort that partners' systems use.

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

export const FIRST_NAMES: readonly string[] = words(`
  anna ben carla david elena felix greta hassan ines jonas katja luis maria nils olga paul quentin rosa stefan tara ulrich vera
  walter xenia yusuf zoe adrian beatriz chen dimitri emma fatima george hannah ivan julia karim laura miguel nadia oscar petra
  rafael sofia thomas ursula viktor wanda yasmin aaron`)

export const LAST_NAMES: readonly string[] = words(`
  mueller schmidt garcia rossi novak kowalski jensen dubois martin silva costa ivanov petrov tanaka suzuki nguyen tran kim park
  chen wang singh patel khan ahmed ali hassan cohen levi murphy byrne smith jones brown taylor wilson evans thomas roberts walker
  wright clarke hill baker cooper ward turner collins stewart morris`)

export const COMPANIES: readonly string[] = words(`
  acme globex initech umbrella stark wayne hooli vandelay wonka tyrell cyberdyne soylent massive dynamic aperture oscorp northwind
  contoso fabrikam adventure litware proseware tailspin woodgrove fourth coffee alpine baldwin coho lucerne margie relecloud
  blueyonder citypower southridge treyresearch wingtip nordlicht hanseatic rheintal alpenland isarwerk donau elbtech spreelog`)

export const COMPANY_FORMS: readonly string[] = words(
  "gmbh ag ltd inc llc sarl spa bv group holding logistics trading systems",
)

/** Single words of a domain: what a shop, a bank or a forwarder calls its things. */
export const DOMAIN_WORDS: readonly string[] = words(`
  shoes jackets trousers shirts hats gloves scarves belts watches rings bracelets necklaces cameras phones tablets laptops printers
  monitors keyboards cables adapters speakers headphones chairs tables lamps sofas carpets mirrors curtains pillows blankets plates
  cups glasses knives forks spoons kettles toasters ovens fridges freezers washers dryers drills hammers saws screws nails paints
  brushes ladders tyres brakes filters oils batteries helmets bicycles scooters skis tents backpacks ropes fishing hunting running
  swimming tennis football hockey golf yoga boxing dancing music guitar piano violin drums books novels comics magazines maps
  puzzles games dolls blocks trains planes ships trucks garden seeds plants trees flowers soil pots fences sheds grills pools toys
  coffee tea sugar flour rice pasta beans bread cheese butter milk yoghurt eggs meat fish fruit apples pears grapes oranges lemons
  berries nuts spices salt pepper honey chocolate biscuits candy wine beer juice water soda vitamins soap shampoo lotion perfume
  towels napkins candles frames clocks posters stickers pens pencils paper folders envelopes stamps boxes tape glue scissors staples`)

/** Places with an airport. */
export const AIRPORTS: readonly string[] = words(`
  FRA MUC BER HAM DUS CGN STR LEJ NUE HAJ LHR LGW STN MAN EDI DUB CDG ORY LYS NCE MRS TLS AMS BRU ZRH GVA VIE PRG BUD WAW KRK OTP
  SOF ATH IST ESB SAW MAD BCN AGP VLC PMI LIS OPO FCO MXP LIN VCE NAP BLQ CPH ARN OSL HEL RIX VNO TLL KEF JFK EWR LGA BOS ORD ATL
  MIA DFW DEN LAX SFO SEA YYZ YVR MEX GRU EZE BOG LIM SCL DXB DOH AUH CAI JNB CPT NBO LOS BOM DEL BLR SIN BKK KUL CGK HKG NRT HND
  ICN PVG PEK SYD MEL AKL`)

export const COUNTRIES: readonly string[] = words(`
  DE AT CH FR IT ES PT NL BE LU GB IE DK SE NO FI IS PL CZ SK HU RO BG GR TR HR SI RS UA EE LV LT US CA MX BR AR CL CO PE JP CN KR
  IN SG MY TH ID VN PH AU NZ ZA EG MA NG KE AE SA QA IL`)

export const CURRENCIES: readonly string[] = words(`
  EUR USD GBP CHF SEK NOK DKK PLN CZK HUF RON BGN TRY ISK JPY CNY KRW INR SGD MYR THB IDR VND PHP AUD NZD CAD MXN BRL ARS CLP COP
  ZAR EGP MAD NGN KES AED SAR QAR ILS UAH HKD TWD`)

export const LOCALES: readonly string[] = words(`
  de-DE de-AT de-CH en-US en-GB en-IE en-CA en-AU fr-FR fr-CA fr-BE fr-CH it-IT it-CH es-ES es-MX es-AR pt-PT pt-BR nl-NL nl-BE
  da-DK sv-SE nb-NO fi-FI pl-PL cs-CZ hu-HU ro-RO el-GR tr-TR ja-JP zh-CN zh-TW ko-KR`)

export const FILE_ENDINGS: readonly string[] = words("pdf csv json xml png jpg txt zip docx xlsx")
export const FILE_STEMS: readonly string[] = words(`
  invoice report summary contract offer photo scan backup export label manifest customs packing ledger statement receipt draft
  minutes budget forecast`)
