#include "plot/drawing.hpp"

#include <cairo-pdf.h>
#include <cairo.h>
#include <pango/pangocairo.h>
#include <png.h>

#include <cmath>
#include <csetjmp>
#include <memory>
#include <new>

#include "undertone/error.hpp"

namespace undertone::plot {

namespace {

template <auto function>
struct Release {
    template <class T>
    void operator()(T* object) const {
        function(object);
    }
};
using Surface = std::unique_ptr<cairo_surface_t, Release<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Release<cairo_destroy>>;
using PangoText = std::unique_ptr<PangoLayout, Release<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Release<pango_font_description_free>>;

void check(cairo_status_t status) {
    if (status == CAIRO_STATUS_SUCCESS) return;
    if (status == CAIRO_STATUS_NO_MEMORY) throw std::bad_alloc();
    throw Error(Errc::invalid_argument, std::string("drawing: ") + cairo_status_to_string(status));
}

// Draws a scene on whatever surface a context leads to.
class Painter {
public:
    Painter(cairo_t* context, const Theme& theme)
        : context_(context), theme_(theme), layout_(pango_cairo_create_layout(context)) {
        // What is measured may not depend on the resolution, or texts would move with it.
        cairo_font_options_t* const options = cairo_font_options_create();
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
        pango_cairo_context_set_font_options(pango_layout_get_context(layout_.get()), options);
        cairo_font_options_destroy(options);
        pango_cairo_context_set_resolution(pango_layout_get_context(layout_.get()), 72);  // a point is a px
    }

    void paint(const Scene& scene) {
        set(Ink::surface, 1);
        cairo_paint(context_);  // to the very edge, where a scene ends within a pixel
        for (const Item& item : scene.items) std::visit([&](const auto& one) { paint_item(one); }, item);
    }

private:
    void set(const Paint& paint, double opacity) {
        const Rgb rgb = colour(paint, theme_);
        cairo_set_source_rgba(context_, rgb.r / 255.0, rgb.g / 255.0, rgb.b / 255.0, opacity);
    }

    void paint_item(const Path& path) {
        cairo_new_path(context_);  // a text leaves its place behind
        for (const Point& point : path.points) cairo_line_to(context_, point.x, point.y);
        set(path.paint, path.opacity);
        if (path.filled) {
            cairo_close_path(context_);
            cairo_fill(context_);
            return;
        }
        constexpr double kDashes[] = {4, 3};
        cairo_set_dash(context_, kDashes, path.dashed ? 2 : 0, 0);
        cairo_set_line_width(context_, path.width);
        cairo_set_line_join(context_, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(context_);
    }

    void paint_item(const Box& box) {
        cairo_rectangle(context_, box.x, box.y, box.width, box.height);
        set(box.paint, box.opacity);
        cairo_fill(context_);
    }

    void paint_item(const Disc& disc) {
        cairo_new_sub_path(context_);
        cairo_arc(context_, disc.centre.x, disc.centre.y, disc.radius, 0, 2 * std::acos(-1.0));
        set(disc.paint, 1);
        cairo_fill(context_);
    }

    void paint_item(const Text& text) {
        const Font font(pango_font_description_new());
        pango_font_description_set_family_static(font.get(), "DejaVu Sans, sans-serif");
        pango_font_description_set_absolute_size(font.get(), text.size * PANGO_SCALE);
        if (text.bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
        pango_layout_set_font_description(layout_.get(), font.get());
        pango_layout_set_text(layout_.get(), text.text.data(), static_cast<int>(text.text.size()));
        PangoRectangle extents;
        pango_layout_get_extents(layout_.get(), nullptr, &extents);
        const double width = extents.width / static_cast<double>(PANGO_SCALE);
        const double base = pango_layout_get_baseline(layout_.get()) / static_cast<double>(PANGO_SCALE);
        const double shift = text.anchor == Anchor::start    ? 0
                             : text.anchor == Anchor::middle ? width / 2
                                                             : width;
        cairo_save(context_);
        cairo_translate(context_, text.at.x, text.at.y);
        if (text.upright) cairo_rotate(context_, -std::acos(0.0));
        cairo_move_to(context_, -shift, -base);
        set(text.paint, 1);
        pango_cairo_show_layout(context_, layout_.get());
        cairo_restore(context_);
    }

    void paint_item(const Picture& picture) {
        if (picture.pixels.empty()) return;
        const Surface surface(cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, static_cast<int>(picture.n_columns), static_cast<int>(picture.n_rows)));
        check(cairo_surface_status(surface.get()));
        unsigned char* const data = cairo_image_surface_get_data(surface.get());
        const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
        for (std::size_t row = 0; row < picture.n_rows; ++row) {
            auto* const line = reinterpret_cast<std::uint32_t*>(data + row * stride);
            for (std::size_t column = 0; column < picture.n_columns; ++column) {
                const Rgb rgb = picture.pixels[row * picture.n_columns + column];
                line[column] =
                    static_cast<std::uint32_t>(rgb.r) << 16 | static_cast<std::uint32_t>(rgb.g) << 8 | rgb.b;
            }
        }
        cairo_surface_mark_dirty(surface.get());
        cairo_save(context_);
        cairo_translate(context_, picture.x, picture.y);
        cairo_scale(context_, picture.width / static_cast<double>(picture.n_columns),
                    picture.height / static_cast<double>(picture.n_rows));
        cairo_set_source_surface(context_, surface.get(), 0, 0);
        cairo_pattern_set_filter(cairo_get_source(context_), CAIRO_FILTER_NEAREST);
        cairo_rectangle(context_, 0, 0, static_cast<double>(picture.n_columns),
                        static_cast<double>(picture.n_rows));
        cairo_fill(context_);
        cairo_restore(context_);
    }

    cairo_t* context_;
    const Theme& theme_;
    PangoText layout_;
};

// libpng itself, for Cairo's own writer packs a picture as tightly as it can, which takes longer than all the
// drawing.
std::string png_of(std::size_t width, std::size_t height, const std::vector<Rgb>& pixels, double dpi) {
    static_assert(sizeof(Rgb) == 3);
    std::string bytes;
    png_structp writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = writer != nullptr ? png_create_info_struct(writer) : nullptr;
    if (info == nullptr) throw std::bad_alloc();
    if (setjmp(png_jmpbuf(writer)) != 0) {  // NOLINT: libpng's only way to say that it failed
        png_destroy_write_struct(&writer, &info);
        throw Error(Errc::invalid_argument, "drawing: a PNG of this size cannot be written");
    }
    png_set_write_fn(
        writer, &bytes,
        [](png_structp png, png_bytep data, png_size_t size) {
            static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(data), size);
        },
        nullptr);
    png_set_IHDR(writer, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    const auto per_metre = static_cast<png_uint_32>(std::lround(dpi / 0.0254));
    if (dpi > 0) png_set_pHYs(writer, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_set_compression_level(writer, 3);
    png_set_filter(writer, 0, PNG_FILTER_SUB);
    png_write_info(writer, info);
    for (std::size_t row = 0; row < height; ++row)
        png_write_row(writer, reinterpret_cast<png_const_bytep>(&pixels[row * width]));
    png_write_end(writer, info);
    png_destroy_write_struct(&writer, &info);
    return bytes;
}

std::string png(const Scene& scene, const Theme& theme, double scale) {
    const auto width = static_cast<std::size_t>(std::ceil(scene.width * scale));
    const auto height = static_cast<std::size_t>(std::ceil(scene.height * scale));
    constexpr std::size_t kMost = 32767;  // of Cairo; the width was looked at before
    if (height > kMost)
        throw Error(Errc::invalid_argument,
                    "plot: " + std::to_string(height) + " pixels high: at most 32767; take a smaller dpi");
    const Surface surface(
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height)));
    check(cairo_surface_status(surface.get()));
    {
        const Context context(cairo_create(surface.get()));
        cairo_scale(context.get(), scale, scale);
        Painter(context.get(), theme).paint(scene);
        check(cairo_status(context.get()));
    }
    cairo_surface_flush(surface.get());
    const unsigned char* const data = cairo_image_surface_get_data(surface.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
    std::vector<Rgb> pixels(width * height);
    for (std::size_t row = 0; row < height; ++row) {
        const auto* const line = reinterpret_cast<const std::uint32_t*>(data + row * stride);
        for (std::size_t column = 0; column < width; ++column)
            pixels[row * width + column] = {static_cast<std::uint8_t>(line[column] >> 16 & 255U),
                                            static_cast<std::uint8_t>(line[column] >> 8 & 255U),
                                            static_cast<std::uint8_t>(line[column] & 255U)};
    }
    return png_of(width, height, pixels, 96 * scale);
}

std::string pdf(const Scene& scene, const Theme& theme) {
    std::string bytes;
    constexpr double kPointsPerPx = 72.0 / 96;
    const Surface surface(cairo_pdf_surface_create_for_stream(
        [](void* to, const unsigned char* data, unsigned int size) {
            static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), size);
            return CAIRO_STATUS_SUCCESS;
        },
        &bytes, scene.width * kPointsPerPx, scene.height * kPointsPerPx));
    check(cairo_surface_status(surface.get()));
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, scene.title.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "");
    {
        const Context context(cairo_create(surface.get()));
        cairo_scale(context.get(), kPointsPerPx, kPointsPerPx);
        Painter(context.get(), theme).paint(scene);
        check(cairo_status(context.get()));
    }
    cairo_surface_finish(surface.get());
    check(cairo_surface_status(surface.get()));
    return bytes;
}

std::string picture_png(const Picture& picture) {
    return png_of(picture.n_columns, picture.n_rows, picture.pixels, 0);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const Drawing* undertone_drawing_1() {
    static constexpr Drawing kDrawing{png, pdf, picture_png};
    return &kDrawing;
}

}  // namespace undertone::plot
