// Our own Crowd HTML Elements: the vocabulary of MTurk's templates, served in place of the original script.
import { CrowdButton, CrowdFab, CrowdIconButton } from "./buttons.js";
import { CrowdCheckbox, CrowdRadioButton, CrowdRadioGroup, CrowdToggleButton } from "./choices.js";
import { CrowdClassifier, CrowdClassifierMultiSelect, CrowdImageClassifier, CrowdImageClassifierMultiSelect } from "./classifiers.js";
import { whenParsed } from "./element.js";
import { CrowdEntityAnnotation } from "./entities.js";
import { CrowdInput, CrowdSlider, CrowdSliderLabel, CrowdTextArea } from "./fields.js";
import { CrowdForm, listen, restoreDraft } from "./form.js";
import { onKey } from "./keys.js";
import { CrowdAlert, CrowdBadge, CrowdCard, CrowdInstructions, CrowdModal, CrowdTab, CrowdTabs, CrowdToast } from "./layout.js";
import { CrowdQuestionAnswerGeneration } from "./question-answer.js";
import { CrowdTextRanking } from "./ranking.js";
import { CrowdInstanceSegmentation, CrowdSemanticSegmentation } from "./segmentation.js";
import { CrowdBoundingBox, CrowdKeypoint, CrowdLine, CrowdPolygon, CrowdPolyline } from "./shape-elements.js";
import { adoptBoxes } from "./sheet.js";

const ELEMENTS = {
  "crowd-form": CrowdForm,
  "crowd-classifier": CrowdClassifier,
  "crowd-input": CrowdInput,
  "crowd-slider-label": CrowdSliderLabel,
  "crowd-card": CrowdCard,
  "crowd-button": CrowdButton,
  "crowd-text-area": CrowdTextArea,
  "crowd-checkbox": CrowdCheckbox,
  "crowd-slider": CrowdSlider,
  "crowd-bounding-box": CrowdBoundingBox,
  "crowd-radio-button": CrowdRadioButton,
  "crowd-image-classifier": CrowdImageClassifier,
  "crowd-entity-annotation": CrowdEntityAnnotation,
  "crowd-classifier-multi-select": CrowdClassifierMultiSelect,
  "crowd-polygon": CrowdPolygon,
  "crowd-keypoint": CrowdKeypoint,
  "crowd-instructions": CrowdInstructions,
  "crowd-alert": CrowdAlert,
  "crowd-semantic-segmentation": CrowdSemanticSegmentation,
  "crowd-radio-group": CrowdRadioGroup,
  "crowd-instance-segmentation": CrowdInstanceSegmentation,
  "crowd-image-classifier-multi-select": CrowdImageClassifierMultiSelect,
  "crowd-line": CrowdLine,
  "crowd-polyline": CrowdPolyline,
  "crowd-text-ranking": CrowdTextRanking,
  "crowd-question-answer-generation": CrowdQuestionAnswerGeneration,
  "crowd-badge": CrowdBadge,
  "crowd-fab": CrowdFab,
  "crowd-icon-button": CrowdIconButton,
  "crowd-modal": CrowdModal,
  "crowd-tab": CrowdTab,
  "crowd-tabs": CrowdTabs,
  "crowd-toast": CrowdToast,
  "crowd-toggle-button": CrowdToggleButton,
};

// Templates may name the script twice, once for each version.
if (!customElements.get("crowd-form")) {
  adoptBoxes();
  for (const [name, kind] of Object.entries(ELEMENTS)) customElements.define(name, kind);
  listen();
  document.addEventListener("keydown", onKey);
  whenParsed(() => {
    document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true }));
    restoreDraft();
  });
  // Fields that the template's own scripts have made meanwhile.
  window.addEventListener("load", restoreDraft);
}
