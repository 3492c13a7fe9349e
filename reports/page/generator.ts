/** By which a page is known as one of ousim (`<meta name="generator">`). */
export const PAGE_GENERATOR = 'ousim report';
