// The map where a cell is one to a few pixels wide. A cell is a granule, or a square of 2^n x 2^n of
// them with its commonest type and the mixture of its colours. Every pixel is the exact average of the
// cells under it, so that nothing shimmers at scales between.
#version 330 core

uniform usampler2D cells;      // in rows of the map, folded into the texture's rows
uniform sampler2D colours;     // by a cell's value, folded
uniform int fold_bits;
uniform int row_bits;          // a row of the map is 1 << row_bits cells long
uniform int cell_count;
uniform uint value_mask;       // the bits of a cell that say its colour
uniform int colour_fold_bits;

uniform vec2 corner;           // the map's upper left pixel, from the framebuffer's lower left
uniform ivec2 first_cell;
uniform vec2 first_part;       // pixels of it that lie before the corner
uniform float scale;           // pixels a cell

uniform vec3 background;

out vec4 result;

vec3 colour_of(ivec2 cell) {
    int index = (cell.y << row_bits) + cell.x;
    if (cell.x < 0 || cell.y < 0 || cell.x >> row_bits != 0 || index >= cell_count) return background;
    int value = int(texelFetch(cells, ivec2(index & ((1 << fold_bits) - 1), index >> fold_bits), 0).r & value_mask);
    return texelFetch(colours, ivec2(value & ((1 << colour_fold_bits) - 1), value >> colour_fold_bits), 0).rgb;
}

void main() {
    vec2 low = vec2(gl_FragCoord.x - corner.x, corner.y - gl_FragCoord.y) - 0.5 + first_part;
    vec2 steps = floor(low / scale);
    vec2 beyond = clamp(low + 1.0 - (steps + 1.0) * scale, 0.0, 1.0);
    ivec2 cell = first_cell + ivec2(steps);
    vec3 upper = mix(colour_of(cell), colour_of(cell + ivec2(1, 0)), beyond.x);
    vec3 lower = mix(colour_of(cell + ivec2(0, 1)), colour_of(cell + ivec2(1, 1)), beyond.x);
    result = vec4(mix(upper, lower, beyond.y), 1.0);
}
