#include "harness/svg.h"

#include <fmt/format.h>

#include <utility>

namespace harness {

std::string EscapedXml(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return safe;
}

SvgWriter::SvgWriter(double width, double height, std::string_view title,
                     std::string_view description, std::string_view style) {
  svg_ = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0f}" height="{1:.0f}" )"
      R"(viewBox="0 0 {0:.0f} {1:.0f}" role="img" aria-labelledby="title desc">)"
      "\n<title id=\"title\">{2}</title>\n<desc id=\"desc\">{3}</desc>\n<style>\n{4}</style>\n",
      width, height, EscapedXml(title), EscapedXml(description), style);
  Rect(0, 0, width, height, "page");
}

void SvgWriter::Text(double x, double y, std::string_view css, std::string_view anchor,
                     std::string_view text) {
  svg_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\" text-anchor=\"{}\">{}</text>\n",
                      x, y, css, anchor, EscapedXml(text));
}

void SvgWriter::Line(double x1, double y1, double x2, double y2, std::string_view css) {
  svg_ +=
      fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n",
                  x1, y1, x2, y2, css);
}

void SvgWriter::Rect(double x, double y, double width, double height, std::string_view css) {
  svg_ += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\"/>\n", x, y,
      width, height, css);
}

void SvgWriter::Disc(double x, double y, double radius, std::string_view css) {
  svg_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" class=\"{}\"/>\n", x, y,
                      radius, css);
}

void SvgWriter::Triangle(double x, double y, std::string_view css) {
  svg_ += fmt::format("<path d=\"M{:.1f} {:.1f}l7 10h-14z\" class=\"{}\"/>\n", x, y, css);
}

std::string SvgWriter::Finish() && { return std::move(svg_) + "</svg>\n"; }

}  // namespace harness
