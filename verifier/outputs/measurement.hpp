// How much each product was used, as XML in the spirit of ISO/IEC 19770-4 (resource utilization measurement). Names and
// namespace are our own (docs/reference/schemas/measurement.xsd): the standard's schema could not be held against it.
// Deterministic, well-formed whatever names say; names no person and no computer.
#pragma once

#include "verifier/outputs/subject.hpp"

#include <string>

namespace tally::outputs {

[[nodiscard]] std::string to_xml(const Subject& subject);

} // namespace tally::outputs
