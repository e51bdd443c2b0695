// The map where a cell is one to a few pixels wide. A cell is a granule, or a square of 2^n x 2^n of
// them, in its colour: the commonest type's hue, lightness from the true mixture. Every pixel is the
// exact average of the cells under it, so that nothing shimmers at scales between.
#version 330 core

uniform sampler2D cells;       // in rows of the map, folded into the texture's rows
uniform int fold_bits;
uniform int row_bits;          // a row of the map is 1 << row_bits cells long
uniform int first_cell;        // under the map's upper left pixel
uniform float scale;           // pixels a cell

noperspective in vec2 at;      // the pixel's middle
out vec4 result;

vec3 colour_of(int index) {
    return texelFetch(cells, ivec2(index & ((1 << fold_bits) - 1), index >> fold_bits), 0).rgb;
}

void main() {
    vec2 low = at - 0.5 / scale;
    vec2 steps = floor(low);
    vec2 beyond = clamp((low - steps - 1.0) * scale + 1.0, 0.0, 1.0);
    ivec2 cell = ivec2(steps);
    int index = (cell.y << row_bits) + cell.x + first_cell;
    int below = index + (1 << row_bits);
    vec3 upper = mix(colour_of(index), colour_of(index + 1), beyond.x);
    vec3 lower = mix(colour_of(below), colour_of(below + 1), beyond.x);
    result = vec4(mix(upper, lower, beyond.y), 1.0);
}
