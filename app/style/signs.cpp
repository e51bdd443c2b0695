#include "app/style/signs.h"

#include <algorithm>

namespace tricolour {

void draw_sign(ImDrawList* draw, Sign sign, ImVec2 centre, float size, ImU32 colour) {
    const float r = size / 2, x = centre.x, y = centre.y;
    const float line = std::max(1.0f, size / 7);
    switch (sign) {
        case Sign::bookmark:
            draw->AddRectFilled({x - r * .6f, y - r}, {x - r * .6f + line, y + r}, colour);
            draw->AddTriangleFilled({x - r * .5f, y - r}, {x + r * .9f, y - r * .4f},
                                    {x - r * .5f, y + r * .2f}, colour);
            break;
        case Sign::collection:
            draw->PathArcTo(centre, r * .8f, .5f, 5.4f, 20);
            draw->PathStroke(colour, 0, line);
            draw->AddTriangleFilled({x + r * .15f, y - r * .75f}, {x + r, y - r * .95f},
                                    {x + r * .85f, y - r * .05f}, colour);
            break;
        case Sign::failed_allocation:
            draw->AddCircle(centre, r * .85f, colour, 0, line);
            draw->AddLine({x - r * .6f, y + r * .6f}, {x + r * .6f, y - r * .6f}, colour, line);
            break;
        case Sign::failed:
            draw->AddLine({x - r * .7f, y - r * .7f}, {x + r * .7f, y + r * .7f}, colour, line * 1.4f);
            draw->AddLine({x - r * .7f, y + r * .7f}, {x + r * .7f, y - r * .7f}, colour, line * 1.4f);
            break;
        case Sign::held: {
            const ImVec2 tick[] = {{x - r * .8f, y}, {x - r * .2f, y + r * .6f}, {x + r * .8f, y - r * .6f}};
            draw->AddPolyline(tick, 3, colour, 0, line * 1.4f);
            break;
        }
        case Sign::error:
            draw->AddTriangleFilled({x, y - r}, {x + r, y + r * .8f}, {x - r, y + r * .8f}, colour);
            draw->AddRectFilled({x - line * .6f, y - r * .35f}, {x + line * .6f, y + r * .25f},
                                IM_COL32_WHITE);
            draw->AddRectFilled({x - line * .6f, y + r * .4f}, {x + line * .6f, y + r * .62f},
                                IM_COL32_WHITE);
            break;
        case Sign::diamond:
            draw->AddQuadFilled({x, y - r}, {x + r, y}, {x, y + r}, {x - r, y}, colour);
            break;
        case Sign::disc: draw->AddCircleFilled(centre, r * .85f, colour); break;
        case Sign::square:
            draw->AddRectFilled({x - r * .75f, y - r * .75f}, {x + r * .75f, y + r * .75f}, colour);
            break;
        case Sign::wedge:
            draw->AddTriangleFilled({x - r * .9f, y - r * .8f}, {x + r * .9f, y - r * .8f}, {x, y + r * .9f},
                                    colour);
            break;
        case Sign::typed_in:
            draw->AddRectFilled({x - r * .7f, y - line / 2}, {x + r * .7f, y + line / 2}, colour);
            draw->AddRectFilled({x - line / 2, y - r * .7f}, {x + line / 2, y + r * .7f}, colour);
            break;
    }
}

}  // namespace tricolour
