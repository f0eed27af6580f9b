// Cards in a grid: covers or portraits. One element, however many cards; the server hears of what was asked.
//
// data: { shape, cards: [{ id, title, href, picture, alt, badges: [{ text, colour }], note, done, favourite, deletable }],
//         newest, older, undo: { id, text } }
// asked: { what: "favourite" | "unfavourite" | "delete" | "undo" | "newest" | "older", id }

export default function ({ data, parentElement, setTriggerValue }) {
  const ask = (what, id = "") => setTriggerValue("asked", { what, id })
  const grid = parentElement.querySelector(".grid") ?? parentElement.appendChild(make("ul", { className: "grid" }))
  grid.dataset.shape = data.shape
  fill(grid, data.cards, ask)
  parentElement.querySelector(".foot")?.remove()
  parentElement.append(foot(data, ask))
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

function icon(name) {
  return make("span", { className: "icon", textContent: name, ariaHidden: "true" })
}

// Streamlit follows the address without a reload, as it does for the browser's own "back" and "forward".
function go(address) {
  history.pushState(null, "", address)
  window.dispatchEvent(new PopStateEvent("popstate"))
}

// Cards that are as before stay as they are, so that no picture flickers and no focus is lost.
function fill(grid, cards, ask) {
  const before = new Map([...grid.children].map((element) => [element.dataset.id, element]))
  const after = cards.map((card) => {
    const written = JSON.stringify(card)
    const kept = before.get(card.id)
    return kept?.written === written ? kept : Object.assign(cardOf(card, ask), { written })
  })
  const focused = grid.getRootNode().activeElement?.dataset?.focus
  grid.replaceChildren(...after)
  if (focused) grid.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus()
}

function cardOf(card, ask) {
  const link = make("a", { className: "link", href: card.href }, pictureOf(card), wordsOf(card))
  link.dataset.focus = `open ${card.id}`
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    go(card.href)
  }
  const element = make("li", { className: "card" }, link, toolsOf(card, ask))
  element.dataset.id = card.id
  return element
}

function pictureOf({ picture, alt, title, done }) {
  const frame = make("div", { className: "frame" })
  if (picture) frame.append(make("img", { src: picture, alt, loading: "lazy", decoding: "async" }))
  else frame.append(make("span", { className: "initial", textContent: title.trim()[0] ?? "", ariaHidden: "true" }))
  if (done !== null) frame.append(make("progress", { max: 1, value: done, ariaLabel: "Progress" }))
  return frame
}

function wordsOf({ title, note, badges }) {
  const marks = badges.map(({ text, colour }) => {
    const mark = make("span", { className: "badge", textContent: text })
    mark.dataset.colour = colour
    return mark
  })
  return make(
    "div", { className: "words" },
    make("span", { className: "title", textContent: title, dir: "auto" }),
    make("span", { className: "note", textContent: note, dir: "auto" }),
    make("span", { className: "badges" }, ...marks),
  )
}

function toolsOf(card, ask) {
  const tools = make("div", { className: "tools" })
  if (card.deletable) tools.append(tool("delete", `Delete ${card.title}`, `delete ${card.id}`, () => ask("delete", card.id)))
  if (card.favourite !== null) tools.append(heart(card, ask)) // in the corner: it stays when the others hide
  return tools
}

function heart(card, ask) {
  const element = tool("favorite", `Favourite: ${card.title}`, `heart ${card.id}`, () => {
    const on = element.ariaPressed !== "true"
    element.ariaPressed = String(on)
    ask(on ? "favourite" : "unfavourite", card.id)
  })
  element.ariaPressed = String(card.favourite)
  return element
}

function tool(symbol, label, focus, onclick) {
  const element = make("button", { type: "button", className: "tool", title: label, ariaLabel: label, onclick }, icon(symbol))
  element.dataset.focus = focus
  return element
}

function wordy(textContent, onclick) {
  return make("button", { type: "button", className: "wordy", textContent, onclick })
}

function foot({ cards, newest, older, undo }, ask) {
  const turn = (what, id) => () => {
    ask(what, id)
    element.parentElement.scrollIntoView()
  }
  const pages = make("nav", { className: "pages", ariaLabel: "More stories" })
  if (newest) pages.append(wordy("Newest stories", turn("newest")))
  if (older) pages.append(wordy("Older stories", turn("older", cards.at(-1).id)))
  const element = make("div", { className: "foot" }, pages)
  if (undo) {
    const back = wordy("Undo", () => ask("undo", undo.id))
    const bar = make("div", { className: "undo", role: "status" }, make("span", { textContent: undo.text, dir: "auto" }), back)
    element.append(bar)
  }
  return element
}
