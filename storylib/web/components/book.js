// A picture book to leaf through. Turning a page asks nothing of the server; only "Edit" does.
//
// data: { id, language, rtl, title, byline, label, band, making, editable, cover, pages: [{ number, text, alt, picture, thumb, note }] }
// A page that is not written yet has no text; a picture that is not drawn yet is null, and note says why.

const books = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  if (!books.has(parentElement)) books.set(parentElement, new Book(parentElement))
  const book = books.get(parentElement)
  book.edit = (number) => setTriggerValue("edit", { page: number })
  book.show(data)
  return () => {
    book.close()
    books.delete(parentElement)
  }
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

function icon(name) {
  const element = make("span", { className: "icon", textContent: name })
  element.ariaHidden = "true"
  return element
}

function button(className, symbol, label, onclick) {
  return make("button", { type: "button", className, ariaLabel: label, title: label, onclick }, icon(symbol))
}

// One leaf: the cover is number 0.
class Leaf {
  constructor(number) {
    this.number = number
    this.image = make("img", { decoding: "async", hidden: true })
    this.image.onload = () => (this.image.hidden = false)
    this.note = make("p", { className: "note" })
    this.text = make(number ? "p" : "h2", { className: "text" })
    this.byline = make("p", { className: "byline", dir: "auto" })
    this.folio = make("span", { className: "folio", textContent: number || "", ariaHidden: "true" })
    const frame = make("div", { className: "frame" }, this.image, this.note)
    const words = make("div", { className: "words" }, this.text, this.byline, this.folio)
    new ResizeObserver(() => this.element.style.setProperty("--words", `${words.offsetHeight}px`)).observe(words)
    this.element = make("article", { className: number ? "leaf page" : "leaf cover" }, frame, words)
    this.thumb = make("img", { alt: "", loading: "lazy", hidden: true })
    this.tab = make("button", { type: "button", className: "tab" }, this.thumb, make("span", { textContent: number || "Cover" }))
    if (number) this.tab.ariaLabel = `Page ${number}`
  }

  // A first word in Latin letters must not turn an Arabic page around, so its direction is the language's.
  speak(language, rtl) {
    Object.assign(this.text, { lang: language, dir: rtl ? "rtl" : "auto" })
    Object.assign(this.image, { lang: language })
  }

  fill({ text, byline = "", alt, picture, thumb, note }) {
    this.text.textContent = text
    this.text.style.setProperty("--fit", text.length > 500 ? 0.72 : text.length > 330 ? 0.82 : text.length > 220 ? 0.9 : 1)
    this.byline.textContent = byline
    this.image.alt = alt
    this.note.textContent = note
    this.element.classList.toggle("waiting", !picture)
    if (picture !== this.picture) this.image.removeAttribute("src")
    this.picture = picture
    this.thumb.hidden = !thumb
    if (thumb && this.thumb.getAttribute("src") !== thumb) this.thumb.src = thumb
    if (!picture) this.image.hidden = true
  }

  load() {
    if (this.picture && this.image.getAttribute("src") !== this.picture) this.image.src = this.picture
    return this.picture ? this.image.decode().catch(() => {}) : Promise.resolve()
  }
}

class Book {
  constructor(home) {
    this.home = home
    this.leaves = []
    this.at = -1
    this.stack = make("div", { className: "leaves" })
    this.strip = make("nav", { className: "strip", ariaLabel: "Pages" })
    this.back = button("turn", "chevron_left", "Previous page", () => this.turn(this.at - 1))
    this.on = button("turn", "chevron_right", "Next page", () => this.turn(this.at + 1))
    this.count = make("span", { className: "count" })
    this.pencil = button("tool", "edit", "Edit this page", () => this.edit(this.at))
    const tools = make(
      "div", { className: "bar" }, this.count, this.pencil,
      button("tool", "print", "Print the book", () => this.print()),
      button("tool", "fullscreen", "Full screen", () => this.fill()),
    )
    this.spoken = make("p", { className: "spoken" })
    this.spoken.ariaLive = "polite"
    this.label = make("p", { className: "label" })
    const stage = make("div", { className: "stage" }, this.back, this.stack, this.on)
    this.element = make("section", { className: "book" }, stage, tools, this.strip, this.label, this.spoken)
    home.append(this.element)
    this.listen()
  }

  listen() {
    this.onkeydown = (event) => this.key(event)
    document.addEventListener("keydown", this.onkeydown)
    this.onbeforeprint = () => this.leaves.forEach((leaf) => leaf.load())
    window.addEventListener("beforeprint", this.onbeforeprint)
    this.stack.ontouchstart = ({ touches }) => (this.touch = touches.length === 1 ? touches[0] : null)
    this.stack.ontouchend = ({ changedTouches }) => this.swipe(changedTouches[0])
  }

  close() {
    document.removeEventListener("keydown", this.onkeydown)
    window.removeEventListener("beforeprint", this.onbeforeprint)
    this.element.remove()
  }

  show(data) {
    if (this.data?.making && !data.making) this.spoken.textContent = "The book is finished."
    this.data = data
    const contents = [{ ...data.cover, text: data.title, byline: data.byline }, ...data.pages]
    while (this.leaves.length < contents.length) this.add(new Leaf(this.leaves.length))
    contents.forEach((content, number) => this.leaves[number].fill(content))
    this.leaves.forEach((leaf) => leaf.speak(data.language, data.rtl))
    for (const turned of [this.stack.parentElement, this.strip]) turned.dir = data.rtl ? "rtl" : "ltr"
    Object.assign(this.element.dataset, { band: data.band, scheme: getComputedStyle(this.home.host).colorScheme })
    this.element.classList.toggle("making", data.making)
    this.element.ariaLabel = data.title
    this.label.textContent = data.label
    this.pencil.hidden = !data.editable
    this.turn(this.at < 0 ? this.start() : this.at)
  }

  add(leaf) {
    leaf.tab.onclick = () => this.turn(leaf.number)
    this.leaves.push(leaf)
    this.stack.append(leaf.element)
    this.strip.append(leaf.tab)
  }

  // Where the reader was before a reload; else the cover, or the first page while the book is being made.
  start() {
    const kept = Number.parseInt(sessionStorage.getItem(`book ${this.data.id}`), 10)
    return kept >= 0 && kept < this.leaves.length ? kept : this.data.making ? 1 : 0
  }

  turn(to) {
    if (to < 0 || to >= this.leaves.length) return
    const from = this.at
    this.at = to
    this.back.disabled = to === 0
    this.on.disabled = to === this.leaves.length - 1
    this.count.textContent = to ? `${to} of ${this.leaves.length - 1}` : "Cover"
    this.load()
    if (to === from) return
    sessionStorage.setItem(`book ${this.data.id}`, to)
    this.leaves.forEach((leaf, number) => {
      leaf.element.classList.toggle("open", number === to)
      leaf.element.inert = number !== to
      leaf.tab.ariaCurrent = number === to ? "page" : null
    })
    const side = to > from === !this.data.rtl ? "1.5rem" : "-1.5rem"
    this.leaves[to].element.style.setProperty("--from", from < 0 ? "0" : side)
    this.reveal(this.leaves[to].tab)
    if (from >= 0) this.spoken.textContent = to ? `Page ${to}. ${this.leaves[to].text.textContent}` : `Cover. ${this.data.title}`
  }

  // Only the strip scrolls: scrollIntoView would move the whole page.
  reveal(tab) {
    this.strip.scrollTo({ left: tab.offsetLeft - (this.strip.clientWidth - tab.offsetWidth) / 2 })
  }

  // The open page first, then its neighbours, then the rest: a page is there before it is turned to.
  async load() {
    await this.leaves[this.at].load()
    const near = [...this.leaves].sort((a, b) => Math.abs(a.number - this.at) - Math.abs(b.number - this.at))
    for (const leaf of near) await leaf.load()
  }

  key(event) {
    const target = event.composedPath()[0]
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (target.closest?.("input, textarea, select, [contenteditable], [role=dialog], [role=tab], [role=radio], [role=listbox], [role=combobox]")) return
    const on = this.data.rtl ? -1 : 1 // where the next page lies
    const to = { ArrowLeft: this.at - on, ArrowRight: this.at + on, Home: 0, End: this.leaves.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    this.turn(to)
  }

  swipe(end) {
    const [x, y] = this.touch ? [end.clientX - this.touch.clientX, end.clientY - this.touch.clientY] : [0, 0]
    if (Math.abs(x) > 40 && Math.abs(x) > 1.5 * Math.abs(y)) this.turn(this.at + (x < 0 === !this.data.rtl ? 1 : -1))
  }

  async print() {
    await Promise.all(this.leaves.map((leaf) => leaf.load()))
    window.print()
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen()
    else this.element.requestFullscreen()
  }
}
