// A book that is read, shown to a class and read aloud: no framework, no cookie, nothing asked of anybody.
"use strict"
document.documentElement.classList.add("js")
addEventListener("DOMContentLoaded", () => {
  const root = document.documentElement
  const find = (id) => document.getElementById(id)
  const book = document.querySelector(".book")
  const leaves = [...document.querySelectorAll(".leaf")]
  const pages = leaves.filter((leaf) => leaf.classList.contains("page")).length
  const forward = book.dir === "rtl" ? -1 : 1
  if (forward < 0) document.body.dataset.rtl = ""
  let at = -1
  let touch = null

  // --- turning

  function turn(to) {
    show(false)
    if (to < 0 || to >= leaves.length || to === at) return
    stop()
    const began = at < 0
    leaves[at]?.classList.remove("open")
    at = to
    leaves[at].classList.add("open")
    find("previous").disabled = at === 0
    find("next").disabled = at === leaves.length - 1
    find("count").textContent = name(at)
    history.replaceState(null, "", `#${at}`)
    fit(leaves[at])
    if (!began) find("spoken").textContent = `${name(at)}. ${text().textContent}`
    if (!began) fetchNext()
  }

  function name(number) {
    if (!number) return "Cover"
    return number > pages ? "End" : `${number} of ${pages}`
  }

  // A picture that is not shown is not fetched; the next one is, so that it is there when the page is turned.
  function fetchNext() {
    const image = leaves[at + 1]?.querySelector("img")
    if (image) image.loading = "eager"
  }

  // Long pages get smaller type, within limits; what is longer still can be scrolled.
  function fit(leaf) {
    const words = leaf.querySelector(".words")
    const told = words.querySelector(".text")
    told.style.fontSize = ""
    const size = Number.parseFloat(getComputedStyle(told).fontSize)
    for (let scale = 0.95; scale >= 0.6 && words.scrollHeight > words.clientHeight + 1; scale -= 0.05) {
      told.style.fontSize = `${size * scale}px`
    }
  }

  // --- what is seen

  function press(id, on) {
    find(id).setAttribute("aria-pressed", on)
  }

  function hide() {
    press("hide", root.classList.toggle("bare"))
    fit(leaves[at])
  }

  function show(black) {
    if (black) stop()
    root.classList.toggle("black", black)
    find("curtain").hidden = !black
    press("black", black)
  }

  function fill() {
    if (document.fullscreenElement) document.exitFullscreen()
    else root.requestFullscreen?.()
  }

  // --- reading aloud: sentence by sentence, by a voice of this device, so that no word leaves it

  const speech = window.speechSynthesis
  let reading = null // the one that goes on; what an earlier one still has to say is not listened to

  const text = () => leaves[at].querySelector(".text")
  const voice = () => {
    const mine = (speech?.getVoices() ?? []).filter((one) => one.localService)
    return mine.find((one) => one.lang.toLowerCase().startsWith(book.lang.toLowerCase()))
  }

  function offer() {
    for (const id of ["read", "speed"]) find(id).hidden = !voice()
  }

  // The sentences of a text from a character on, which may stand in the midst of the first.
  function sentences(words, from) {
    const rest = words.slice(from)
    if (!window.Intl?.Segmenter) return [{ segment: rest, index: from }]
    const found = new Intl.Segmenter(book.lang, { granularity: "sentence" }).segment(rest)
    return [...found].map(({ segment, index }) => ({ segment, index: index + from }))
  }

  function read(from = 0) {
    const spoken = voice()
    if (!spoken) return
    show(false)
    const mine = (reading = {})
    press("read", true)
    const told = text()
    const words = told.textContent
    const say = ([sentence, ...rest]) => {
      if (mine !== reading) return
      if (!sentence) return stop()
      point(told, words, sentence, 0, 0)
      const utterance = Object.assign(new SpeechSynthesisUtterance(sentence.segment), { voice: spoken, lang: spoken.lang, rate: Number(find("speed").value) })
      utterance.onboundary = ({ name: what, charIndex, charLength }) => {
        if (mine === reading && what === "word") point(told, words, sentence, charIndex, charLength)
      }
      utterance.onend = () => say(rest)
      utterance.onerror = () => mine === reading && stop()
      speech.speak(utterance)
    }
    say(sentences(words, from))
  }

  function readFromWord({ target, clientX, clientY }) {
    const told = text()
    if (!told.contains(target)) return
    const caret = document.caretPositionFromPoint?.(clientX, clientY) ?? document.caretRangeFromPoint?.(clientX, clientY)
    if (!caret) return
    const before = document.createRange()
    before.setStart(told, 0)
    before.setEnd(caret.offsetNode ?? caret.startContainer, caret.offset ?? caret.startOffset)
    stop()
    read(before.toString().search(/\S*$/))
  }

  // Mark the sentence that is read, and in it the word.
  function point(told, words, { segment, index }, from, length) {
    const marked = Object.assign(document.createElement("span"), { className: "sentence" })
    const word = segment.slice(from, from + (length || segment.slice(from).search(/[\s.,;:!?…]|$/)))
    const mark = Object.assign(document.createElement("mark"), { textContent: word })
    marked.append(segment.slice(0, from), mark, segment.slice(from + word.length))
    told.replaceChildren(words.slice(0, index), marked, words.slice(index + segment.length))
    if (!word) mark.remove()
    marked.scrollIntoView({ block: "nearest" })
  }

  function stop() {
    if (!reading) return
    reading = null
    speech.cancel()
    press("read", false)
    const told = text()
    told.replaceChildren(told.textContent)
  }

  // --- keys, a clicker, a finger

  const keys = {
    ArrowRight: () => turn(at + forward),
    ArrowLeft: () => turn(at - forward),
    ArrowDown: () => turn(at + 1),
    ArrowUp: () => turn(at - 1),
    PageDown: () => turn(at + 1),
    PageUp: () => turn(at - 1),
    " ": () => turn(at + 1),
    Home: () => turn(0),
    End: () => turn(leaves.length - 1),
    b: () => show(!root.classList.contains("black")),
    ".": () => show(!root.classList.contains("black")),
    f: fill,
    F5: fill,
    r: () => (reading ? stop() : read()),
    t: hide,
  }
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target.closest("select") || (event.key === " " && event.target.closest("button, a"))) return
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act) return
    event.preventDefault()
    act()
  })
  book.addEventListener("touchstart", ({ touches }) => (touch = touches.length === 1 ? touches[0] : null), { passive: true })
  book.addEventListener("touchend", ({ changedTouches: [end] }) => {
    const [x, y] = touch ? [end.clientX - touch.clientX, end.clientY - touch.clientY] : [0, 0]
    if (Math.abs(x) > 40 && Math.abs(x) > 1.5 * Math.abs(y)) turn(at + (x < 0 ? forward : -forward))
  })

  const clicks = { previous: () => turn(at - 1), next: () => turn(at + 1), read: keys.r, hide, black: () => show(true), full: fill, curtain: () => show(false) }
  for (const [id, act] of Object.entries(clicks)) find(id).addEventListener("click", act)
  book.addEventListener("dblclick", readFromWord)
  find("full").hidden = !document.fullscreenEnabled
  speech?.addEventListener?.("voiceschanged", offer)
  offer()
  addEventListener("pagehide", stop)
  addEventListener("resize", () => fit(leaves[at]))
  addEventListener("beforeprint", () => document.querySelectorAll("img").forEach((image) => (image.loading = "eager")))
  addEventListener("load", () => setTimeout(fetchNext, 1500))
  turn(Math.min(Math.max(Number.parseInt(location.hash.slice(1), 10) || 0, 0), leaves.length - 1))
})
