// The map where a granule is several pixels wide: one texel a granule, in address order, folded into
// the texture's rows. Every chunk begins with a thin gap; close up its header's bytes are drawn as they
// are, white, grey or black. Grey is hatched, free memory dotted.
#version 330 core

uniform usampler2D granules;   // bits 0..3 type, 4..5 colour, 6 in use, 7 first granule of its chunk
uniform sampler2D colours;     // by a texel's lower seven bits
uniform int fold_bits;         // the texture is 1 << fold_bits wide
uniform int row_bits;          // a row of the map is 1 << row_bits long
uniform int granule_count;

uniform vec2 corner;           // the map's upper left pixel, from the framebuffer's lower left
uniform ivec2 first_cell;      // granule (column, row) under that corner
uniform vec2 first_part;       // pixels of it that lie before the corner
uniform float scale;           // pixels a granule

uniform vec3 background;
uniform vec3 gap;
uniform vec3 free_mark;
uniform vec3 header_colours[4];

uniform float edge_alpha;      // gap before each chunk
uniform float edge_pixels;
uniform float row_gap_pixels;
uniform float hatch_alpha;
uniform float hatch_pitch;     // pixels
uniform float hatch_phase;     // pixels of the plane before the corner, modulo the pitch
uniform float dot_alpha;
uniform float dot_radius;
uniform float header_alpha;
uniform float header_pixels;   // width of a chunk's four header bytes
uniform float header_inset;

out vec4 result;

void main() {
    vec2 pixel = vec2(gl_FragCoord.x - corner.x, corner.y - gl_FragCoord.y) + first_part;
    vec2 steps = floor(pixel / scale);
    vec2 place = pixel - steps * scale;
    ivec2 cell = first_cell + ivec2(steps);
    int granule = (cell.y << row_bits) + cell.x;
    result = vec4(background, 1.0);
    if (cell.x < 0 || cell.y < 0 || cell.x >> row_bits != 0 || granule >= granule_count) return;

    uint texel = texelFetch(granules, ivec2(granule & ((1 << fold_bits) - 1), granule >> fold_bits), 0).r;
    vec3 colour = texelFetch(colours, ivec2(int(texel & 127u), 0), 0).rgb;
    bool is_used = (texel & 64u) != 0u;

    if (hatch_alpha > 0.0 && (texel & 112u) == 80u) {
        float along = fract((pixel.x + pixel.y + hatch_phase) / hatch_pitch);
        float line = clamp((0.21 - abs(along - 0.5)) * hatch_pitch + 0.5, 0.0, 1.0);
        colour *= 1.0 - 0.38 * hatch_alpha * line;
    }
    if (dot_alpha > 0.0 && !is_used) {
        float away = length(place - 0.5 * vec2(scale, scale - row_gap_pixels));
        colour = mix(colour, free_mark, dot_alpha * clamp(dot_radius - away + 0.5, 0.0, 1.0));
    }
    if ((texel & 128u) != 0u) {
        if (header_alpha > 0.0 && is_used) {
            vec2 low = vec2(edge_pixels + header_inset, header_inset);
            vec2 high = vec2(header_pixels, scale - row_gap_pixels - header_inset);
            vec2 cover = clamp(place + 0.5 - low, 0.0, 1.0) * clamp(high - place + 0.5, 0.0, 1.0);
            colour = mix(colour, header_colours[texel >> 4u & 3u], header_alpha * cover.x * cover.y);
        }
        if (place.x < edge_pixels) colour = mix(colour, gap, edge_alpha);
    }
    if (place.y >= scale - row_gap_pixels) colour = gap;
    result = vec4(colour, 1.0);
}
