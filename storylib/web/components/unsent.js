// Streamlit sends what was typed when its field is left, and Escape takes a dialog away with the field in it.
// So Escape leaves the field first.
export default function () {
  const leave = ({ key }) => {
    if (key === "Escape") document.activeElement?.blur()
  }
  document.addEventListener("keydown", leave, true)
  return () => document.removeEventListener("keydown", leave, true)
}
