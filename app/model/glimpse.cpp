#include "app/model/glimpse.h"

#include "app/model/camera.h"
#include "app/model/narration.h"

#include <algorithm>
#include <bit>
#include <chrono>

namespace tricolour {
namespace {

using heapcore::Offset;
using heapcore::Position;
using heapcore::Session;

constexpr std::size_t most_glimpses = 128;
constexpr double batch_seconds = 0.020;  // of unfolding, so that a picture has not long to wait

MapLayout layout_for(const MapModel& map, const PictureWish& wish, std::uint32_t granules) {
    if (wish.layout == LayoutId::hilbert) return MapLayout::along_curve(map.granules());
    const double aspect = static_cast<double>(wish.most_width) / wish.most_height;
    const std::uint32_t row =
        choose_row_length(std::uint64_t{granules} * map.granule_bytes(), map.granule_bytes(), aspect);
    return MapLayout::in_rows(static_cast<unsigned>(std::countr_zero(row)), map.granules());
}

/// Goes to a position and tells the step before it, where there is one.
bool go_to(Rerun& rerun, Position position, const Rerun::ShouldStop& should_stop,
           std::optional<heapcore::Step>& last) {
    const bool is_at_end_of_one = position.step == 0 && position.operation > 0;
    const std::size_t operation = is_at_end_of_one ? position.operation - 1 : position.operation;
    if (!rerun.go_to(operation, should_stop)) return false;
    if (position == Position{}) return true;
    return rerun.carry_out_part(is_at_end_of_one ? heapcore::Journal::unlimited : position.step, last);
}

Glimpse glimpse_at(Rerun& rerun, MapModel& map, const Session& session, Position position,
                   const PictureWish& wish, const Rerun::ShouldStop& should_stop) {
    Glimpse glimpse;
    glimpse.position = position;
    std::optional<heapcore::Step> step;
    glimpse.is_reached = go_to(rerun, position, should_stop, step);
    if (!glimpse.is_reached) return glimpse;
    const heapcore::Heap& heap = rerun.heap();
    glimpse.figures = figures_of(heap);
    glimpse.phase = phase_text(heap);
    if (step) glimpse.sentence = narrate(rerun.machine(), session.trace(), *step);
    map.rebuild(heap);
    glimpse.picture = picture_of(map, wish, step ? step->chunk : heapcore::no_chunk);
    return glimpse;
}

}  // namespace

MapPicture picture_of(const MapModel& map, const PictureWish& wish, Offset now) {
    const std::uint32_t granules = std::clamp(wish.end / map.granule_bytes(), 1u, map.granules());
    const MapLayout layout = layout_for(map, wish, granules);
    const PlaneArea area = layout.bounds(0, granules);
    const unsigned highest = layout.row_bits() - (layout.is_curve() ? MapLayout::square_bits : 0);
    unsigned level = 0;
    while (level < highest && (((area.right - 1) >> level) >= wish.most_width ||
                               ((area.bottom - 1) >> level) >= wish.most_height))
        ++level;

    MapLevel cells;
    cells.shape(level, layout);
    cells.mark_all();
    cells.update(map.texels(), map.granules());
    MapPicture picture;
    picture.width = ((area.right - 1) >> level) + 1;
    picture.height = ((area.bottom - 1) >> level) + 1;
    picture.end = granules * map.granule_bytes();
    picture.cells.reserve(std::size_t{picture.width} * picture.height);
    for (std::uint32_t y = 0; y < picture.height; ++y) {
        const auto row = cells.cells().subspan(std::size_t{y} << cells.row_bits(), picture.width);
        picture.cells.insert(picture.cells.end(), row.begin(), row.end());
    }
    if (now < picture.end) {
        const Place place = layout.place_of(now / map.granule_bytes());
        picture.now = Place{place.x >> level, place.y >> level};
    }
    return picture;
}

void Glimpses::clear() {
    stop();
    work_.take_end();
    here_ = {};
    known_.clear();
    unfoldings_.clear();
    workshop_.reset();
    found_.reset();
    wished_.reset();
    is_pending_ = false;
}

// What does not hold any more is forgotten.
void Glimpses::follow(const Session& session, const GlimpseWish& wish, double now_seconds) {
    Instant here = instant_of(session);
    here.position = {};
    if (here != here_) {
        clear();
        here_ = std::move(here);
    }
    if (wish.picture != picture_) {
        picture_ = wish.picture;
        stop();
        found_.reset();
        known_.clear();
    }
    if (wish.position != wished_) {
        wished_ = wish.position;
        rested_since_ = now_seconds;
    }
}

void Glimpses::take_found() {
    if (!work_.take_end() || !found_) return;
    if (found_->glimpse) known_.push_back(std::move(*found_->glimpse));
    if (known_.size() > most_glimpses) known_.pop_front();
    for (auto& [operation, unfolding] : found_->unfoldings)
        unfoldings_.add(operation, std::move(unfolding));
    found_.reset();
}

const Glimpse* Glimpses::at(Position position) const {
    const auto found = std::find_if(known_.rbegin(), known_.rend(),
                                    [&](const Glimpse& glimpse) { return glimpse.position == position; });
    return found == known_.rend() ? nullptr : &*found;
}

std::optional<std::size_t> Glimpses::next_folded(const Session& session, const GlimpseWish& wish) const {
    const std::size_t last = std::min(wish.last, session.index().operations);
    for (std::size_t operation = wish.first; operation < last; ++operation)
        if (!unfoldings_.find(operation)) return operation;
    return std::nullopt;
}

void Glimpses::update(const Session& session, const GlimpseWish& wish, double now_seconds) {
    follow(session, wish, now_seconds);
    take_found();
    const bool lacks_glimpse = wish.position && !at(*wish.position);
    const bool is_resting = now_seconds - rested_since_ >= rest_seconds;
    const auto folded = next_folded(session, wish);
    if (!work_.is_running()) {
        if (lacks_glimpse && is_resting)
            start_glimpse(session, *wish.position);
        else if (folded)
            start_unfolding(session, *folded, std::min(wish.last, session.index().operations));
    }
    is_pending_ = work_.is_running() || lacks_glimpse || folded;
}

void Glimpses::start_glimpse(const Session& session, Position position) {
    if (!workshop_) workshop_ = std::make_unique<Workshop>(session);
    found_ = std::make_shared<Found>();
    work_.start([&session, found = found_, workshop = workshop_.get(), position,
                 wish = picture_](const Beside::GoesOn& goes_on) {
        found->glimpse =
            glimpse_at(workshop->rerun, workshop->map, session, position, wish, [&] { return !goes_on(0); });
    });
}

void Glimpses::start_unfolding(const Session& session, std::size_t first, std::size_t last) {
    if (!workshop_) workshop_ = std::make_unique<Workshop>(session);
    found_ = std::make_shared<Found>();
    work_.start([found = found_, workshop = workshop_.get(), first, last](const Beside::GoesOn& goes_on) {
        const auto began = std::chrono::steady_clock::now();
        const auto should_stop = [&] { return !goes_on(0); };
        for (std::size_t operation = first; operation < last; ++operation) {
            if (!workshop->rerun.go_to(operation, should_stop)) return;
            auto unfolding = unfold(workshop->rerun, should_stop);
            if (!unfolding) return;
            found->unfoldings.emplace_back(operation, std::move(*unfolding));
            const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
            if (spent.count() > batch_seconds) return;
        }
    });
}

}  // namespace tricolour
