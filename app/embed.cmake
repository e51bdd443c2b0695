# tricolour_embed(OUTPUT FOLDER...): writes a source file that holds every file of these folders of the
# project. The assembler reads the files, so they can be large; a changed file recompiles OUTPUT, a new
# one configures again.
function(tricolour_embed output)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND "${PROJECT_SOURCE_DIR}/")
  list(TRANSFORM patterns APPEND "/*")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}" ${patterns})
  list(SORT files)

  set(data "")
  set(declarations "")
  set(rows "")
  set(number 0)
  foreach(file IN LISTS files)
    set(name "tricolour_asset_${number}")
    string(APPEND data
      "asm(R\"(\n"
      "        .section .rodata\n"
      "        .global ${name}, ${name}_size\n"
      "        .balign 16\n"
      "${name}:\n"
      "        .incbin \"${PROJECT_SOURCE_DIR}/${file}\"\n"
      "1:      .byte 0\n"
      "        .balign 8\n"
      "${name}_size:\n"
      "        .quad 1b - ${name}\n"
      "        .previous\n"
      ")\");\n")
    string(APPEND declarations
      "extern const char ${name}[];\nextern const unsigned long long ${name}_size;\n")
    string(APPEND rows "        {\"${file}\", {${name}, ${name}_size}},\n")
    math(EXPR number "${number} + 1")
  endforeach()

  file(CONFIGURE OUTPUT "${output}" @ONLY CONTENT [[
// Written by app/embed.cmake.
#include "app/assets.h"

@data@
extern "C" {
@declarations@}

namespace tricolour {
const std::vector<Asset>& embedded_assets() {
    static const std::vector<Asset> assets = {
@rows@    };
    return assets;
}
}  // namespace tricolour
]])
  list(TRANSFORM files PREPEND "${PROJECT_SOURCE_DIR}/")
  set_source_files_properties("${output}" PROPERTIES OBJECT_DEPENDS "${files}")
endfunction()
