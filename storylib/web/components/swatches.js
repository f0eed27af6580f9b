// A row of colours to choose one from, and a box for any other. Plain radio buttons, so the keyboard works.
//
// data: { label, colours: [{ name, hex }], usual, value }   usual: what having no colour of one's own is called
// value: a hex colour, or "" for as usual

export default function ({ data, parentElement, setStateValue }) {
  const { value, ...fixed } = data
  const written = JSON.stringify(fixed)
  if (parentElement.written !== written) {
    parentElement.written = written
    parentElement.querySelector("fieldset")?.remove()
    parentElement.append(build(fixed, (hex) => setStateValue("value", hex)))
  }
  mark(parentElement, value)
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

function build({ label, colours, usual }, choose) {
  const radios = [{ name: usual, hex: "" }, ...colours].map(({ name, hex }) => {
    const radio = make("input", { type: "radio", name: label, value: hex, ariaLabel: name, title: name, onchange: () => choose(hex) })
    if (hex) radio.style.background = hex
    return radio
  })
  const own = make("input", { type: "color", title: "Any colour", ariaLabel: `${label}: any colour` })
  own.onchange = () => choose(own.value)
  return make("fieldset", {}, make("legend", { textContent: label }), ...radios, own)
}

function mark(home, value) {
  for (const radio of home.querySelectorAll("[type=radio]")) radio.checked = radio.value === value
  const own = home.querySelector("[type=color]")
  own.value = value || "#ffffff"
  own.className = home.querySelector(":checked") ? "" : "chosen"
}
